package io.alidade.eval.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NiceScaleTest {

  private static List<String> labels(NiceScale scale) {
    return scale.ticks().stream().map(scale::label).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0      | 3.1    | 0 1 2 3 4",
        "0      | 0.001  | 0.00000 0.00025 0.00050 0.00075 0.00100",
        "0      | 12345  | 0 5000 10000 15000",
        "0.41   | 0.87   | 0.4 0.6 0.8 1.0",
        "-0.3   | 0.3    | −0.4 −0.2 0.0 0.2 0.4",
        "0      | 1e-5   | 0.0000000 0.0000025 0.0000050 0.0000075 0.0000100"
      })
  void around_values_hasFewRoundTicks(double low, double high, String ticks) {
    assertThat(labels(NiceScale.around(low, high, 4))).containsExactly(ticks.split(" "));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0.7, 0.7", "-3, -3", "1e9, 1e9", "0.69999, 0.7", "0, 1e-12", "1, 270"})
  void around_anyValues_holdsThemBetweenItsEnds(double low, double high) {
    for (int most = 1; most < 9; most++) {
      NiceScale scale = NiceScale.around(low, high, most);
      assertThat(scale.intervals()).isBetween(1, most);
      assertThat(scale.percent(low)).isBetween(-1e-3, 100.0);
      assertThat(scale.percent(high)).isBetween(-1e-3, 100 + 1e-3);
    }
  }

  @Test
  void percent_ofTheEnds_isZeroAndHundred() {
    NiceScale scale = NiceScale.around(0.2, 0.9, 5);
    assertThat(scale.percent(scale.low())).isZero();
    assertThat(scale.percent(scale.high())).isCloseTo(100, within(1e-9));
  }
}
