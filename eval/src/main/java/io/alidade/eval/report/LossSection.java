package io.alidade.eval.report;

import io.alidade.eval.report.ReportData.TrainingStep;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// The loss over the steps: faint as measured, strong as a moving average, and the learning rate as
/// a thin line on its own scale.
///
/// The lines lie in an SVG that stretches to any width; the words beside it are HTML, so that they
/// keep their size on a phone.
final class LossSection {
  private static final int MOST_POINTS = 400;
  private static final int TICKS = 4;

  private final List<TrainingStep> steps;
  private final List<Double> smooth;
  private final double top;
  private final double topRate;

  LossSection(List<TrainingStep> all) {
    this.steps = thinned(all);
    this.smooth = smoothed(steps);
    double highest = steps.stream().mapToDouble(TrainingStep::loss).max().orElse(1);
    this.top = TICKS * roundStep(highest / TICKS);
    this.topRate =
        Math.max(1e-12, steps.stream().mapToDouble(TrainingStep::learningRate).max().orElse(1));
  }

  String html() {
    return Html.section(
        "training",
        "Training",
        "Loss at each step, its moving average, and the learning rate on a scale of its own (peak "
            + plain(topRate)
            + ").",
        chart());
  }

  /// The next number of the form 1, 2, 2.5 or 5 times a power of ten.
  private static double roundStep(double least) {
    double power = Math.pow(10, Math.floor(Math.log10(Math.max(least, 1e-6))));
    for (double factor : new double[] {1, 2, 2.5, 5}) {
      if (factor * power >= least) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  /// Two digits without an exponent, such as `0.001`.
  private static String plain(double rate) {
    return new BigDecimal(rate).round(new MathContext(2)).stripTrailingZeros().toPlainString();
  }

  private String chart() {
    return """
    <figure class="loss">
    <ul class="legend" aria-hidden="true"><li class="k-raw">loss</li><li class="k-smooth">moving \
    average</li><li class="k-rate">learning rate</li></ul>
    <div class="plot" data-points="%s" data-top="%s" tabindex="0" role="img" aria-label="%s">
    <div class="y" aria-hidden="true">%s</div>
    <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
    %s
    <polyline class="rate" points="%s"/><polyline class="raw" points="%s"/>\
    <polyline class="smooth" points="%s"/></svg>
    <div class="cross" hidden></div>
    <div class="x" aria-hidden="true">%s</div>
    </div>
    <figcaption>Loss by step</figcaption>
    </figure>
    """
        .formatted(
            points(),
            Html.number(top),
            words(),
            ticks(),
            grid(),
            line(i -> steps.get(i).learningRate() / topRate),
            line(i -> steps.get(i).loss() / top),
            line(i -> smooth.get(i) / top),
            stepTicks());
  }

  private String words() {
    return "Loss falls from %s to %s over %d steps"
        .formatted(
            Html.score(smooth.getFirst()), Html.score(smooth.getLast()), steps.getLast().step());
  }

  /// What the script shows under the pointer: step, loss, average and rate of each point.
  private String points() {
    var rows = new ArrayList<String>();
    for (int i = 0; i < steps.size(); i++) {
      TrainingStep step = steps.get(i);
      rows.add(
          String.format(
              Locale.ROOT,
              "%d,%.4f,%.4f,%.3e",
              step.step(),
              step.loss(),
              smooth.get(i),
              step.learningRate()));
    }
    return String.join(";", rows);
  }

  /// A height in `[0, 1]` for each point.
  @FunctionalInterface
  private interface Height {
    double at(int point);
  }

  private String line(Height height) {
    double last = Math.max(1, steps.size() - 1);
    var points = new ArrayList<String>();
    for (int i = 0; i < steps.size(); i++) {
      points.add(Html.number(100 * i / last) + "," + Html.number(100 - 100 * height.at(i)));
    }
    return String.join(" ", points);
  }

  private static String grid() {
    var lines = new StringBuilder();
    for (int t = 0; t <= TICKS; t++) {
      lines.append(
          "<line class=\"grid\" x1=\"0\" x2=\"100\" y1=\"%1$d\" y2=\"%1$d\"/>"
              .formatted(100 * t / TICKS));
    }
    return lines.toString();
  }

  private String ticks() {
    var ticks = new StringBuilder();
    for (int t = TICKS; t >= 0; t--) {
      ticks.append("<i>").append(Html.number(top * t / TICKS)).append("</i>");
    }
    return ticks.toString();
  }

  private String stepTicks() {
    int last = steps.size() - 1;
    return List.of(0, last / 4, last / 2, 3 * last / 4, last).stream()
        .distinct()
        .map(i -> "<i>" + steps.get(i).step() + "</i>")
        .collect(Collectors.joining());
  }

  /// At most so many points, each the mean of a run of neighbours.
  private static List<TrainingStep> thinned(List<TrainingStep> all) {
    int run = (all.size() + MOST_POINTS - 1) / MOST_POINTS;
    if (run <= 1) {
      return all;
    }
    var thinned = new ArrayList<TrainingStep>();
    for (int from = 0; from < all.size(); from += run) {
      List<TrainingStep> part = all.subList(from, Math.min(from + run, all.size()));
      double loss = part.stream().mapToDouble(TrainingStep::loss).average().orElse(0);
      thinned.add(new TrainingStep(part.getLast().step(), loss, part.getLast().learningRate()));
    }
    return thinned;
  }

  /// The mean over a window of about a tenth of the steps around each.
  private static List<Double> smoothed(List<TrainingStep> steps) {
    int half = Math.max(1, steps.size() / 20);
    var smooth = new ArrayList<Double>();
    for (int i = 0; i < steps.size(); i++) {
      smooth.add(
          steps.subList(Math.max(0, i - half), Math.min(steps.size(), i + half + 1)).stream()
              .mapToDouble(TrainingStep::loss)
              .average()
              .orElse(0));
    }
    return smooth;
  }
}
