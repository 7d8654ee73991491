package io.alidade.synth.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NearDuplicatesTest {
  private static final int WORDS = 60;

  @Test
  void add_earlierTextWithAWordChanged_isNotNew() {
    var texts = new NearDuplicates();
    for (int i = 0; i < 3_000; i++) {
      assertThat(texts.add(text(i, 0))).isTrue();
    }
    int found = 0;
    for (int i = 0; i < 3_000; i++) {
      found += texts.add(text(i, 1)) ? 0 : 1;
    }
    assertThat(found).isGreaterThan(2_950);
  }

  @Test
  void add_sameWordsInOtherFormAndCase_isNotNew() {
    var texts = new NearDuplicates();
    assertThat(texts.add(text(1, 0))).isTrue();
    assertThat(texts.add(text(1, 0).toUpperCase(Locale.ROOT) + " !")).isFalse();
  }

  @Test
  void add_textsWithHalfInCommon_areAllNew() {
    var texts = new NearDuplicates();
    String common = text(-1, 0);
    for (int i = 0; i < 1_000; i++) {
      assertThat(texts.add(common + " " + text(i, 0))).as("text %d", i).isTrue();
    }
  }

  @Test
  void add_emptyAndShortTexts_areKnownAgain() {
    var texts = new NearDuplicates();
    for (String text : new String[] {"", "a", "ab", "abcdef"}) {
      assertThat(texts.add(text)).as(text).isTrue();
      assertThat(texts.add(text)).as(text).isFalse();
    }
  }

  /// Random words, the last of which are others.
  private static String text(int number, int changed) {
    var text = new StringBuilder();
    var random = new Random(number);
    for (int i = 0; i < WORDS; i++) {
      if (i == WORDS - changed) {
        random = new Random(~number);
      }
      text.append(Integer.toString(random.nextInt(1 << 25, 1 << 30), Character.MAX_RADIX))
          .append(' ');
    }
    return text.toString();
  }
}
