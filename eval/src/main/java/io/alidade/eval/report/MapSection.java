package io.alidade.eval.report;

import io.alidade.eval.report.TextMap.Place;
import io.alidade.eval.report.TextMap.Point;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.Function;

/// Some hundred texts on a plane, before and after, coloured by label. Each label has a shape as
/// well, for readers who do not tell the colours apart.
final class MapSection {
  private static final int COLOURS = 8;
  private static final int TEXT_LENGTH = 140;
  private static final String OTHER = "other";

  private final TextMap map;

  /// The labels with a colour of their own, the most frequent first.
  private final List<String> labels;

  private final boolean others;

  MapSection(TextMap map) {
    this.map = map;
    var counts = new TreeMap<String, Integer>();
    map.points().forEach(point -> counts.merge(point.label(), 1, Integer::sum));
    var byCount = new ArrayList<>(counts.keySet());
    byCount.sort(Comparator.comparingInt((String label) -> -counts.getOrDefault(label, 0)));
    this.others = byCount.size() > COLOURS;
    this.labels = List.copyOf(others ? byCount.subList(0, COLOURS - 1) : byCount);
  }

  String html() {
    return Html.section(
        "map",
        "A map of the texts",
        "Each point is a text, at the first two principal components of its vector; the axes have"
            + " no meaning of their own. Colour and shape are the text's label.",
        legend()
            + "<div class=\"maps\">"
            + plot("before", "Before", Point::before)
            + plot("after", "After", Point::after)
            + "</div>");
  }

  private String legend() {
    var items = new StringBuilder("<ul class=\"legend map-legend\">");
    for (int i = 0; i < labels.size() + (others ? 1 : 0); i++) {
      items.append(
          "<li><svg viewBox=\"-6 -6 12 12\" aria-hidden=\"true\">%s</svg>%s</li>"
              .formatted(
                  shape(i, 0, 0, 4.5, ""), Html.text(i < labels.size() ? labels.get(i) : OTHER)));
    }
    return items.append("</ul>").toString();
  }

  private String plot(String name, String caption, Function<Point, Place> place) {
    return """
    <figure class="%s"><figcaption>%s</figcaption>
    <svg viewBox="-4 -4 108 108" role="img" aria-label="Map of %d texts, %s">
    %s
    </svg></figure>"""
        .formatted(
            name,
            caption,
            map.points().size(),
            caption.toLowerCase(Locale.ROOT),
            Html.each(map.points(), point -> mark(point, place.apply(point))));
  }

  private String mark(Point point, Place place) {
    int known = labels.indexOf(point.label());
    String tip =
        " data-tip=\"%s: %s\""
            .formatted(Html.text(point.label()), Html.brief(point.text(), TEXT_LENGTH));
    return shape(known < 0 ? COLOURS - 1 : known, 100 * place.x(), 100 * place.y(), 1.5, tip);
  }

  /// With eight colours each shape serves two.
  private static String shape(int label, double x, double y, double size, String attributes) {
    String style = "class=\"c%d\"%s".formatted(label % COLOURS, attributes);
    String transform =
        "transform=\"translate(%s %s) scale(%s)\""
            .formatted(Html.number(x), Html.number(y), Html.number(size));
    return "<path %s %s d=\"%s\"/>".formatted(style, transform, Marks.path(label));
  }
}
