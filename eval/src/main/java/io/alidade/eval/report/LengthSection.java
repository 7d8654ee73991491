package io.alidade.eval.report;

import io.alidade.data.dataset.DataStatistics;
import io.alidade.data.dataset.LengthCounts;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/// How long queries, positives and negatives are: a histogram each over doubling lengths.
final class LengthSection {
  private static final int MOST_TICKS = 8;

  private final DataStatistics statistics;
  private final String unit;

  LengthSection(DataStatistics statistics, String unit) {
    this.statistics = statistics;
    this.unit = unit;
  }

  String html() {
    String figures =
        statistics.lengths().entrySet().stream()
            .filter(entry -> entry.getValue().texts() > 0)
            .map(entry -> figure(entry.getKey(), entry.getValue()))
            .collect(Collectors.joining("\n"));
    return Html.section(
        "lengths",
        "Lengths",
        "The texts' lengths in %s; each column counts lengths up to twice those of the one before."
            .formatted(Html.text(unit)),
        "<div class=\"histograms\">" + figures + "</div>" + negatives());
  }

  private String figure(String side, LengthCounts lengths) {
    long[] bins = lengths.doublings();
    long most = Math.max(1, LongStream.of(bins).max().orElse(1));
    int every = bins.length > MOST_TICKS ? 2 : 1;
    var bars = new StringBuilder();
    var ticks = new StringBuilder();
    for (int bin = 0; bin < bins.length; bin++) {
      int from = bin == 0 ? 0 : 1 << bin;
      bars.append(bar(bin, bins[bin], most, "%d to %d".formatted(from, (1 << (bin + 1)) - 1)));
      ticks.append("<i>").append(bin % every == 0 ? "" + from : "").append("</i>");
    }
    return """
    <figure class="histogram"><figcaption><b>%s</b> %s</figcaption>
    <svg viewBox="0 0 %d 100" preserveAspectRatio="none" role="img" aria-label="%s">%s</svg>
    <div class="ticks" aria-hidden="true">%s</div></figure>\
    """
        .formatted(
            side,
            Html.text(facts(lengths)),
            10 * bins.length,
            Html.text("Lengths of each %s, %s".formatted(side, facts(lengths))),
            bars,
            ticks);
  }

  private String bar(int bin, long count, long most, String range) {
    double height = count == 0 ? 0 : Math.max(1, 100.0 * count / most);
    return "<rect x=\"%d\" y=\"%s\" width=\"9\" height=\"%s\" data-tip=\"%s\"/>"
        .formatted(
            10 * bin,
            Html.number(100 - height),
            Html.number(height),
            Html.text(String.format(Locale.ROOT, "%s %s: %,d", range, unit, count)));
  }

  private String facts(LengthCounts lengths) {
    return String.format(
        Locale.ROOT,
        "median %,d, mean %.1f, 95 %% up to %,d, longest %,d",
        lengths.quantile(0.5),
        lengths.mean(),
        lengths.quantile(0.95),
        lengths.longest());
  }

  private String negatives() {
    return statistics.negatives().entrySet().stream()
        .map(entry -> String.format(Locale.ROOT, "%,d with %d", entry.getValue(), entry.getKey()))
        .collect(
            Collectors.joining(
                ", ", "<p class=\"note\">Examples by number of negatives: ", ".</p>"));
  }
}
