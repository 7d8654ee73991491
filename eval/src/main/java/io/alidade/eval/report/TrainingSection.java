package io.alidade.eval.report;

import io.alidade.eval.report.StepChart.Line;
import io.alidade.eval.report.TrainingCurves.Step;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/// The loss over the steps, faint as measured and strong as a moving average, and beside it what
/// else the log has of each step.
final class TrainingSection {
  private static final int MOST_POINTS = 400;
  private static final int MOST_SMALL_POINTS = 150;
  private static final int TABLE_ROWS = 12;
  private static final int INTERVALS = 4;

  private final List<Step> all;

  /// @param all at least one
  TrainingSection(List<Step> all) {
    this.all = all;
  }

  String html() {
    return Html.section(
        "training",
        "Training",
        "Loss at each step and its moving average; below it the gradient's norm before clipping, the"
            + " learning rate, and what each step reached of speed and took of memory.",
        loss().html() + "<div class=\"smalls\">" + smalls() + "</div>" + table());
  }

  private StepChart loss() {
    List<Step> steps = thinned(all, MOST_POINTS);
    List<Double> smooth = smoothed(steps);
    return new StepChart(
        "Loss by step",
        "Loss %s from %s to %s over %d steps"
            .formatted(
                smooth.getLast() <= smooth.getFirst() ? "falls" : "rises",
                Html.score(smooth.getFirst()),
                Html.score(smooth.getLast()),
                steps.getLast().step()),
        "wide",
        steps.stream().map(Step::step).toList(),
        fromZero(steps, Step::loss),
        List.of(
            new Line("loss", "raw", -1, steps.stream().map(Step::loss).toList()),
            new Line("moving average", "smooth", -1, smooth)),
        Optional.empty(),
        i ->
            List.of(
                String.format(Locale.ROOT, "loss %.4f", steps.get(i).loss()),
                String.format(Locale.ROOT, "average %.4f", smooth.get(i))));
  }

  private String smalls() {
    return small("Gradient norm", "", Step::gradientNorm)
        + small("Learning rate", "", Step::learningRate)
        + small("Speed", "tokens/s", Step::tokensPerSecond)
        + small("Memory", "GB", step -> step.memoryBytes() / 1e9);
  }

  private String small(String name, String unit, ToDoubleFunction<Step> value) {
    List<Step> steps = thinned(all, MOST_SMALL_POINTS);
    List<Double> values = steps.stream().map(value::applyAsDouble).toList();
    if (values.stream().allMatch(v -> v == 0)) {
      return "";
    }
    String suffix = unit.isEmpty() ? "" : " " + unit;
    DoubleSummaryStatistics every = all.stream().mapToDouble(value).summaryStatistics();
    return new StepChart(
            name + " by step" + (unit.isEmpty() ? "" : ", in " + unit),
            "%s by step: between %s and %s%s, %s%s at the end"
                .formatted(
                    name,
                    shortened(every.getMin()),
                    shortened(every.getMax()),
                    suffix,
                    shortened(value.applyAsDouble(all.getLast())),
                    suffix),
            "small",
            steps.stream().map(Step::step).toList(),
            fromZero(steps, value),
            List.of(new Line(name, "smooth", -1, values)),
            Optional.empty(),
            i -> List.of(shortened(values.get(i)) + suffix))
        .html();
  }

  private static NiceScale fromZero(List<Step> steps, ToDoubleFunction<Step> value) {
    double lowest = steps.stream().mapToDouble(value).min().orElse(0);
    double highest = steps.stream().mapToDouble(value).max().orElse(1);
    return NiceScale.around(Math.min(0, lowest), Math.max(0, highest), INTERVALS);
  }

  private String table() {
    return """
    <details><summary>The same as numbers</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Training in numbers">
    <table><caption>Means of the steps up to each</caption><thead><tr><th scope="col">Up to step</th>\
    <th scope="col" class="n">Loss</th><th scope="col" class="n">Gradient norm</th>\
    <th scope="col" class="n">Learning rate</th><th scope="col" class="n">Tokens/s</th>\
    <th scope="col" class="n">Memory</th></tr></thead><tbody>
    %s
    </tbody></table></div></details>
    """
        .formatted(Html.each(thinned(all, TABLE_ROWS), TrainingSection::row));
  }

  private static String row(Step step) {
    return String.format(
        Locale.ROOT,
        "<tr><th scope=\"row\">%d</th><td class=\"n\">%.4f</td><td class=\"n\">%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td><td class=\"n\">%.1f GB</td></tr>",
        step.step(),
        step.loss(),
        shortened(step.gradientNorm()),
        shortened(step.learningRate()),
        shortened(step.tokensPerSecond()),
        step.memoryBytes() / 1e9);
  }

  /// Three digits without an exponent, such as `0.00123` or `12300`.
  private static String shortened(double value) {
    return new BigDecimal(value).round(new MathContext(3)).stripTrailingZeros().toPlainString();
  }

  /// At most so many points, each the mean of a run of neighbours.
  private static List<Step> thinned(List<Step> all, int most) {
    int run = Math.ceilDiv(all.size(), most);
    if (run <= 1) {
      return all;
    }
    var thinned = new ArrayList<Step>();
    for (int from = 0; from < all.size(); from += run) {
      thinned.add(mean(all.subList(from, Math.min(from + run, all.size()))));
    }
    return thinned;
  }

  /// Named by the last of the steps.
  private static Step mean(List<Step> part) {
    return new Step(
        part.getLast().step(),
        mean(part, Step::loss),
        mean(part, Step::gradientNorm),
        mean(part, Step::learningRate),
        mean(part, Step::tokensPerSecond),
        Math.round(mean(part, Step::memoryBytes)));
  }

  private static double mean(List<Step> part, ToDoubleFunction<Step> value) {
    return part.stream().mapToDouble(value).average().orElse(0);
  }

  /// The mean over a window of about a tenth of the steps around each.
  private static List<Double> smoothed(List<Step> steps) {
    int half = Math.max(1, steps.size() / 20);
    var smooth = new ArrayList<Double>();
    for (int i = 0; i < steps.size(); i++) {
      int from = Math.max(0, i - half);
      smooth.add(mean(steps.subList(from, Math.min(steps.size(), i + half + 1)), Step::loss));
    }
    return smooth;
  }
}
