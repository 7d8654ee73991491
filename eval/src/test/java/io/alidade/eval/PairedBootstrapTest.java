package io.alidade.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PairedBootstrapTest {
  private static final int RESAMPLES = 1000;

  @Test
  void compare_sameRun_hasNoDifference() {
    var run = means(200, 0, 1);
    var difference = PairedBootstrap.compare(run, run, RESAMPLES, 1);
    assertThat(difference.low()).isZero();
    assertThat(difference.high()).isZero();
    assertThat(difference.significant()).isFalse();
  }

  @Test
  void compare_meansOfNormalNoise_matchesTheNormalInterval() {
    // The difference of the two is a mean of 400 normal values of variance 2.
    var difference = PairedBootstrap.compare(means(400, 0, 2), means(400, 0.5, 3), 4000, 1);
    double half = 1.96 * Math.sqrt(2.0 / 400);
    assertThat(difference.difference()).isCloseTo(0.5, within(3 * half));
    assertThat(difference.high() - difference.low()).isCloseTo(2 * half, within(0.3 * half));
    assertThat(difference.significant()).isTrue();
  }

  @Test
  void compare_sameSeed_isTheSameAndOrderOfArgumentsFlipsTheSign() {
    var a = means(50, 0, 4);
    var b = means(50, 0.1, 5);
    var there = PairedBootstrap.compare(a, b, RESAMPLES, 7);
    assertThat(PairedBootstrap.compare(a, b, RESAMPLES, 7)).isEqualTo(there);
    var back = PairedBootstrap.compare(b, a, RESAMPLES, 7);
    assertThat(back.low()).isCloseTo(-there.high(), within(1e-12));
  }

  @Test
  void compare_gradedPairs_resamplesTheCorrelation() {
    var random = new Random(8);
    var noisy = new ArrayList<ItemScores.Graded.Pair>();
    var close = new ArrayList<ItemScores.Graded.Pair>();
    for (int i = 0; i < 300; i++) {
      double truth = random.nextInt(6);
      noisy.add(new ItemScores.Graded.Pair("" + i, truth + 5 * random.nextGaussian(), truth));
      close.add(new ItemScores.Graded.Pair("" + i, truth + random.nextGaussian(), truth));
    }
    var difference =
        PairedBootstrap.compare(
            new ItemScores.Graded(noisy), new ItemScores.Graded(close), RESAMPLES, 1);
    assertThat(difference.significant()).isTrue();
    assertThat(difference.difference()).isBetween(difference.low(), difference.high());
    assertThat(difference.after()).isEqualTo(new ItemScores.Graded(close).score());
  }

  @Test
  void compare_binaryPairs_resamplesTheAveragePrecision() {
    var random = new Random(9);
    var before = new ArrayList<ItemScores.Binary.Case>();
    var after = new ArrayList<ItemScores.Binary.Case>();
    for (int i = 0; i < 200; i++) {
      boolean truth = random.nextBoolean();
      before.add(new ItemScores.Binary.Case("" + i, random.nextDouble(), truth));
      after.add(new ItemScores.Binary.Case("" + i, random.nextDouble() + (truth ? 1 : 0), truth));
    }
    var difference =
        PairedBootstrap.compare(
            new ItemScores.Binary(before), new ItemScores.Binary(after), RESAMPLES, 1);
    assertThat(difference.after()).isEqualTo(1);
    assertThat(difference.low()).isPositive();
  }

  @Test
  void compare_otherItems_isRefused() {
    assertThatThrownBy(() -> PairedBootstrap.compare(means(3, 0, 1), means(4, 0, 1), 10, 1))
        .hasMessageContaining("the runs have other items (3 and 4");
  }

  private static ItemScores.Mean means(int count, double centre, long seed) {
    var random = new Random(seed);
    List<ItemScores.Mean.Value> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      items.add(new ItemScores.Mean.Value("i" + i, centre + random.nextGaussian()));
    }
    return new ItemScores.Mean(items);
  }
}
