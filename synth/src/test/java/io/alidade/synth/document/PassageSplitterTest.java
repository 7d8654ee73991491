package io.alidade.synth.document;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.synth.text.Words;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PassageSplitterTest {

  private static String sentence(int number, int words) {
    return IntStream.range(0, words)
            .mapToObj(i -> (i == 0 ? "W" : "w") + number + "x" + i)
            .collect(Collectors.joining(" "))
        + ".";
  }

  private static List<String> split(String text) {
    return PassageSplitter.split(text, 5, 20);
  }

  @Test
  void split_shortText_isOnePassageAsItStands() {
    assertThat(split("  One two three.\n\n  Four five six.\n"))
        .containsExactly("One two three.\n\n  Four five six.");
    assertThat(split("one two three four")).isEmpty();
    assertThat(split(" \n\n ")).isEmpty();
  }

  @Test
  void split_paragraphs_areKeptTogetherUpToTheLimit() {
    String text = sentence(1, 8) + "\n\n" + sentence(2, 8) + "\n \n\n" + sentence(3, 8);

    assertThat(split(text)).containsExactly(sentence(1, 8) + "\n" + sentence(2, 8), sentence(3, 8));
  }

  @Test
  void split_longParagraph_isDividedBetweenSentences() {
    String text = sentence(1, 9) + " " + sentence(2, 9) + " " + sentence(3, 9);

    assertThat(split(text)).containsExactly(sentence(1, 9) + " " + sentence(2, 9), sentence(3, 9));
  }

  @Test
  void split_sentenceWithoutEnd_isDividedBetweenWords() {
    List<String> passages = split("word ".repeat(1_000));

    assertThat(passages).hasSize(50).allMatch(passage -> Words.count(passage) == 20);
  }

  @Test
  void split_textWithoutSpaces_losesNothingAndGainsNoSpaces() {
    String text = "今天天气很好我们去公园散步吧。明天可能会下雨所以要带伞。".repeat(10);

    List<String> passages = split(text);

    assertThat(passages).hasSizeGreaterThan(5).allMatch(passage -> Words.count(passage) <= 20);
    assertThat(String.join("", passages)).isEqualTo(text);
  }

  @Test
  void split_heading_beginsThePassageThatFollowsIt() {
    String text =
        sentence(1, 9)
            + "\n\nOn the second thing\n\n"
            + sentence(2, 12)
            + "\n## Third\n"
            + sentence(3, 9);

    assertThat(split(text))
        .containsExactly(
            sentence(1, 9),
            "On the second thing\n" + sentence(2, 12),
            "## Third\n" + sentence(3, 9));
  }

  @Test
  void split_anyText_keepsToTheLimits() {
    String text =
        IntStream.range(0, 300)
            .mapToObj(i -> sentence(i, 1 + i % 45) + (i % 3 == 0 ? "\n\n" : " "))
            .collect(Collectors.joining());

    assertThat(split(text))
        .hasSizeGreaterThan(100)
        .allMatch(passage -> Words.count(passage) >= 5 && Words.count(passage) <= 20);
  }
}
