package io.alidade.eval.report;

import io.alidade.data.dataset.DataStatistics;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// Two rings: the examples' kinds and their languages.
final class MixtureSection {
  private static final int SLICES = 8;
  private static final double RADIUS = 40;
  private static final double GAP = 0.6;

  private final DataStatistics statistics;

  MixtureSection(DataStatistics statistics) {
    this.statistics = statistics;
  }

  String html() {
    return Html.section(
        "mixture",
        "Kinds and languages",
        "The shares of the kinds of task and of the languages among all examples.",
        "<div class=\"rings\">"
            + ring("Kinds of task", statistics.kinds())
            + ring("Languages", statistics.languages())
            + "</div>");
  }

  private static String ring(String caption, Map<String, Long> counts) {
    Map<String, Long> slices = slices(counts);
    long total = Math.max(1, slices.values().stream().mapToLong(Long::longValue).sum());
    var arcs = new StringBuilder();
    var legend = new StringBuilder();
    double start = 0;
    int colour = 0;
    for (var slice : slices.entrySet()) {
      double share = 100.0 * slice.getValue() / total;
      arcs.append(arc(colour, start, share, words(slice.getKey(), slice.getValue(), share)));
      legend.append(row(colour, slice.getKey(), slice.getValue(), share));
      start += share;
      colour++;
    }
    return """
    <figure class="ring"><figcaption>%s</figcaption>
    <svg viewBox="0 0 100 100" role="img" aria-label="%s: %d in all">%s</svg>
    <table class="slices"><caption>%s</caption><tbody>
    %s
    </tbody></table></figure>
    """
        .formatted(caption, caption, counts.size(), arcs, caption, legend);
  }

  /// The most frequent with a slice of their own, the rest as one.
  private static Map<String, Long> slices(Map<String, Long> counts) {
    if (counts.size() <= SLICES) {
      return counts;
    }
    var slices = new LinkedHashMap<String, Long>();
    long rest = 0;
    for (var count : counts.entrySet()) {
      if (slices.size() < SLICES - 1) {
        slices.put(count.getKey(), count.getValue());
      } else {
        rest += count.getValue();
      }
    }
    slices.put("%d others".formatted(counts.size() - SLICES + 1), rest);
    return slices;
  }

  /// A part of the circle: with a path length of 100, dashes are percent.
  private static String arc(int colour, double start, double share, String words) {
    return """
    <circle class="s%d" cx="50" cy="50" r="%s" pathLength="100" stroke-dasharray="%s 100" \
    stroke-dashoffset="%s" data-tip="%s"/>\
    """
        .formatted(
            colour,
            Html.number(RADIUS),
            Html.number(Math.max(0.2, share - GAP)),
            Html.number(-start),
            Html.text(words));
  }

  private static String row(int colour, String name, long count, double share) {
    return String.format(
        Locale.ROOT,
        "<tr><th scope=\"row\"><i class=\"b%d\"></i>%s</th><td class=\"n\">%,d</td><td"
            + " class=\"n\">%.1f %%</td></tr>",
        colour,
        Html.text(name),
        count,
        share);
  }

  private static String words(String name, long count, double share) {
    return String.format(Locale.ROOT, "%s: %,d, %.1f %%", name, count, share);
  }
}
