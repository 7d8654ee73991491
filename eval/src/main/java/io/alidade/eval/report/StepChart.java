package io.alidade.eval.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/// Lines over the steps of a run, with axes of round numbers and a legend whose keys differ by
/// shape as well as by colour.
///
/// The lines lie in an SVG that stretches to any width; marks and words are HTML over it, so that
/// they keep their size on a phone. The script shows the numbers of the point next to the pointer.
///
/// @param caption what is drawn, in a few words
/// @param words the same for those who do not see it, with the numbers that matter
/// @param style a class of the figure
/// @param steps of the points, rising
/// @param scale of the values
/// @param lines over these steps
/// @param note a step that is marked
/// @param tip what is shown of a point, a line each
record StepChart(
    String caption,
    String words,
    String style,
    List<Integer> steps,
    NiceScale scale,
    List<Line> lines,
    Optional<Note> note,
    IntFunction<List<String>> tip) {

  /// Intervals of the axis of steps.
  private static final int STEP_INTERVALS = 6;

  /// Points of a line that carry a mark, or fewer.
  private static final int MARKED_POINTS = 24;

  /// A line of the chart.
  ///
  /// @param style its class
  /// @param mark index of the shape on its points; below 0 for none
  record Line(String name, String style, int mark, List<Double> values) {}

  /// A step with a few words.
  record Note(int step, String words) {}

  String html() {
    return """
    <figure class="chart %s"><figcaption>%s</figcaption>
    %s<div class="plot" data-points="%s" tabindex="0" role="img" aria-label="%s">
    <div class="y" aria-hidden="true">%s</div>
    <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
    %s%s%s</svg>
    <div class="marks" aria-hidden="true">%s%s<div class="cross" hidden></div></div>
    <div class="x" aria-hidden="true">%s</div>
    </div>
    </figure>
    """
        .formatted(
            style,
            Html.text(caption),
            lines.size() > 1 ? legend() : "",
            Html.text(points()),
            Html.text(words),
            Html.each(scale.ticks().reversed(), tick -> "<i>" + scale.label(tick) + "</i>"),
            Html.each(scale.ticks(), tick -> horizontal("grid", height(tick))),
            note.map(this::noteLine).orElse(""),
            Html.each(lines, this::polyline),
            Html.each(lines, this::marks),
            note.map(this::noteWords).orElse(""),
            stepTicks());
  }

  private String legend() {
    return "<ul class=\"legend\" aria-hidden=\"true\">%s</ul>\n"
        .formatted(
            Html.each(
                lines,
                line ->
                    "<li><svg viewBox=\"0 0 26 12\"><polyline class=\"%s\" points=\"0,6 26,6\"/>%s</svg>%s</li>"
                        .formatted(line.style, keyMark(line), Html.text(line.name))));
  }

  private static String keyMark(Line line) {
    return line.mark < 0
        ? ""
        : "<path class=\"%s\" transform=\"translate(13 6) scale(4.2)\" d=\"%s\"/>"
            .formatted(line.style, Marks.path(line.mark));
  }

  private NiceScale stepScale() {
    return NiceScale.around(0, steps.getLast(), STEP_INTERVALS);
  }

  /// Where a step lies, in percent: the axis ends at the last step, not at a round one.
  private double across(int step) {
    return 100.0 * step / Math.max(1, steps.getLast());
  }

  private double height(double value) {
    return 100 - scale.percent(value);
  }

  private static String horizontal(String style, double y) {
    return "<line class=\"%s\" x1=\"0\" x2=\"100\" y1=\"%s\" y2=\"%s\"/>"
        .formatted(style, Html.number(y), Html.number(y));
  }

  private String noteLine(Note here) {
    String x = Html.number(across(here.step));
    return "<line class=\"note-line\" x1=\"%s\" x2=\"%s\" y1=\"0\" y2=\"100\"/>".formatted(x, x);
  }

  /// On the side with more room.
  private String noteWords(Note here) {
    double x = across(here.step);
    String place = x > 50 ? "right:" + Html.number(100 - x) + "%" : "left:" + Html.number(x) + "%";
    return "<span class=\"note-words\" style=\"%s\">%s</span>"
        .formatted(place, Html.text(here.words));
  }

  private String polyline(Line line) {
    var points = new ArrayList<String>();
    for (int i = 0; i < steps.size(); i++) {
      points.add(Html.number(across(steps.get(i))) + "," + Html.number(height(line.values.get(i))));
    }
    if (points.size() == 1) {
      // A line of one point is drawn only if it is said twice.
      points.addAll(List.copyOf(points));
    }
    return "<polyline class=\"%s\" points=\"%s\"/>".formatted(line.style, String.join(" ", points));
  }

  private String marks(Line line) {
    if (line.mark < 0) {
      return "";
    }
    int every = Math.ceilDiv(steps.size(), MARKED_POINTS);
    var marks = new StringBuilder();
    for (int i = 0; i < steps.size(); i += every) {
      marks.append(
          "<svg class=\"mark\" style=\"left:%s%%;top:%s%%\" viewBox=\"-1.5 -1.5 3 3\"><path class=\"%s\" d=\"%s\"/></svg>"
              .formatted(
                  Html.number(across(steps.get(i))),
                  Html.number(height(line.values.get(i))),
                  line.style,
                  Marks.path(line.mark)));
    }
    return marks.toString();
  }

  /// What the script shows under the pointer: for each point where it lies, and its lines of text.
  private String points() {
    var rows = new ArrayList<String>();
    for (int i = 0; i < steps.size(); i++) {
      var parts = new ArrayList<String>();
      parts.add(Html.number(across(steps.get(i))));
      parts.add("step " + steps.get(i));
      // Both characters divide the rows, and a task may have any name.
      tip.apply(i).forEach(text -> parts.add(text.replace(';', ',').replace('|', '/')));
      rows.add(String.join("|", parts));
    }
    return String.join(";", rows);
  }

  private String stepTicks() {
    NiceScale axis = stepScale();
    return Html.each(
        axis.ticks().stream().filter(tick -> tick <= steps.getLast()).toList(),
        tick ->
            "<i style=\"left:%s%%\">%s</i>"
                .formatted(Html.number(across((int) Math.round(tick))), axis.label(tick)));
  }
}
