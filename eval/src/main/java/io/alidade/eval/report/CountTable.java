package io.alidade.eval.report;

import java.util.Map;
import java.util.stream.Collectors;

/// A table of counts with a bar for each, the longest for the highest.
final class CountTable {
  private CountTable() {}

  static String html(String caption, Map<String, Long> counts) {
    long most = counts.values().stream().mapToLong(Long::longValue).max().orElse(1);
    String rows =
        counts.entrySet().stream()
            .map(
                entry ->
                    "<tr><th scope=\"row\">%s</th><td class=\"n\">%d</td><td class=\"bar\"><i style=\"width:%s%%\"></i></td></tr>"
                        .formatted(
                            Html.text(entry.getKey()),
                            entry.getValue(),
                            Html.number(100.0 * entry.getValue() / Math.max(1, most))))
            .collect(Collectors.joining("\n"));
    return "<table class=\"counts\"><caption>%s</caption><tbody>%s</tbody></table>"
        .formatted(caption, rows);
  }
}
