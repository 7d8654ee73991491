package io.alidade.eval.report;

import java.util.List;

/// The similarities of a dozen texts to each other, as two coloured tables.
final class SimilaritySection {
  private static final int TEXT_LENGTH = 90;

  private final SimilarityMap map;

  SimilaritySection(SimilarityMap map) {
    this.map = map;
  }

  String html() {
    StringBuilder texts = new StringBuilder("<ol class=\"texts\">");
    map.texts()
        .forEach(t -> texts.append("<li>").append(Html.brief(t, TEXT_LENGTH)).append("</li>"));
    texts.append("</ol>");
    return Html.section(
        "similarity",
        "Who is near to whom",
        "Cosine similarity of each text to each: the stronger the colour, the nearer. A model that has learnt"
            + " something sets like and unlike apart.",
        "<div class=\"heat\">%s%s%s</div>"
            .formatted(
                texts,
                table("before", "Before", map.before()),
                table("after", "After", map.after())));
  }

  private String table(String name, String caption, List<List<Double>> rows) {
    var html = new StringBuilder();
    html.append(
        "<table class=\"matrix %s\"><caption>%s</caption><thead><tr><td></td>"
            .formatted(name, caption));
    for (int column = 1; column <= rows.size(); column++) {
      html.append("<th scope=\"col\">").append(column).append("</th>");
    }
    html.append("</tr></thead><tbody>");
    for (int row = 0; row < rows.size(); row++) {
      html.append("<tr><th scope=\"row\">").append(row + 1).append("</th>");
      for (int column = 0; column < rows.get(row).size(); column++) {
        html.append(cell(row, column, rows.get(row).get(column)));
      }
      html.append("</tr>");
    }
    return html.append("</tbody></table>").toString();
  }

  private String cell(int row, int column, double cosine) {
    long strength = Math.round(100 * Math.clamp(cosine, 0, 1));
    String tip =
        Html.score(cosine)
            + " · "
            + Html.brief(map.texts().get(row), TEXT_LENGTH)
            + " ↔ "
            + Html.brief(map.texts().get(column), TEXT_LENGTH);
    return "<td style=\"--s:%d%%\"%s data-tip=\"%s\">%s</td>"
        .formatted(strength, strength > 55 ? " class=\"strong\"" : "", tip, twoDigits(cosine));
  }

  /// `.83`, `1.0` or `−.02`: what fits a small cell.
  private static String twoDigits(double cosine) {
    String digits = Html.number(Math.abs(cosine));
    String small = digits.startsWith("0") ? digits.substring(1) : digits.substring(0, 3);
    return cosine < 0 && !small.equals(".00") ? "−" + small : small;
  }
}
