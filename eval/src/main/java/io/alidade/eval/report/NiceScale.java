package io.alidade.eval.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/// The scale of an axis whose ticks are round numbers.
///
/// @param low the first tick
/// @param step between ticks: 1, 2, 2.5 or 5 times a power of ten
/// @param intervals between ticks, at least one
record NiceScale(double low, double step, int intervals) {

  /// Around these values.
  ///
  /// @param most intervals
  static NiceScale around(double lowest, double highest, int most) {
    double span = highest - lowest;
    // Equal values need an axis as well.
    double least = span > 0 ? span : Math.max(Math.abs(highest), 1e-9) / 2;
    for (double step = roundStep(least / most); ; step = roundStep(step * 1.01)) {
      double low = Math.floor(lowest / step + 1e-9) * step;
      int intervals = (int) Math.max(1, Math.ceil((highest - low) / step - 1e-9));
      if (intervals <= most) {
        return new NiceScale(low, step, intervals);
      }
    }
  }

  /// The least step of the allowed form that is no smaller.
  private static double roundStep(double least) {
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    for (double factor : new double[] {1, 2, 2.5, 5}) {
      if (factor * power >= least * (1 - 1e-9)) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  double high() {
    return low + step * intervals;
  }

  /// Where a value lies, in percent of the axis.
  double percent(double value) {
    return 100 * (value - low) / (high() - low);
  }

  List<Double> ticks() {
    var ticks = new ArrayList<Double>();
    for (int i = 0; i <= intervals; i++) {
      ticks.add(low + i * step);
    }
    return ticks;
  }

  /// A tick's number without an exponent, such as `0.001` or `1200`.
  String label(double tick) {
    // What is left of zero by rounding is zero.
    double exact = Math.abs(tick) < step / 1e6 ? 0 : tick;
    BigDecimal digits = new BigDecimal(step).round(new MathContext(2)).stripTrailingZeros();
    int scale = Math.max(0, digits.scale());
    return new BigDecimal(exact)
        .setScale(scale, RoundingMode.HALF_EVEN)
        .toPlainString()
        .replace('-', '−');
  }
}
