package io.alidade.eval.report;

import io.alidade.eval.PairedBootstrap.Difference;
import io.alidade.eval.report.ReportData.TaskRow;
import java.util.List;

/// Before and after on each task: the table with the baselines, and the differences as dots on
/// their intervals.
final class TaskSection {
  private final ReportData data;

  TaskSection(ReportData data) {
    this.data = data;
  }

  String html() {
    return Html.section(
        "tasks",
        "Before and after",
        "Each score is the task's own metric. The difference carries the 95 % interval of a paired"
            + " bootstrap over the task's items; an interval that does not reach zero is more than"
            + " chance.",
        shelfSentence() + table() + differences() + measuredOn());
  }

  /// Says plainly where a model off the shelf would serve the reader better.
  private String shelfSentence() {
    if (data.shelf().isEmpty()) {
      return "";
    }
    List<TaskRow> measured =
        data.tasks().stream().filter(row -> row.baselines().containsKey(data.shelf())).toList();
    List<TaskRow> better =
        measured.stream()
            .filter(
                row -> row.baselines().getOrDefault(data.shelf(), 0.0) > row.difference().after())
            .toList();
    if (measured.isEmpty()) {
      return "";
    }
    String shelf = Html.text(data.shelf());
    String sentence =
        better.isEmpty()
            ? "On %s the tuned model scores at least as high as <b>%s</b> taken off the shelf."
                .formatted(count(measured.size(), measured.size()), shelf)
            : "<b>%s</b>, taken off the shelf, scores higher than the tuned model on %s (%s)."
                    .formatted(shelf, count(better.size(), measured.size()), names(better))
                + " There it is the better choice today, unless more steps or more of your own data"
                + " close the gap.";
    return "<p class=\"verdict %s\">%s</p>"
        .formatted(better.isEmpty() ? "good" : "honest", sentence);
  }

  private static String count(int some, int all) {
    return some == all
        ? (all == 1 ? "the one task" : "all " + all + " tasks")
        : some + " of " + all + " tasks";
  }

  private static String names(List<TaskRow> rows) {
    return Html.text(String.join(", ", rows.stream().map(TaskRow::task).toList()));
  }

  private String table() {
    return """
    <div class="scroll" tabindex="0" role="region" aria-label="Scores by task">
    <table class="scores">
    <caption>Scores by task, before and after training, with baselines</caption>
    <thead><tr><th scope="col">Task</th><th scope="col" class="n before">Before</th>
    <th scope="col" class="n after">After</th><th scope="col" class="n">Difference</th>%s</tr></thead>
    <tbody>
    %s
    </tbody>
    </table>
    </div>
    <p class="note"><span class="phone">Scroll the table for the baselines. </span>▲ higher than the tuned model; – the task's type is not applicable.</p>
    """
        .formatted(
            Html.each(
                data.baselines(),
                name -> "<th scope=\"col\" class=\"n baseline\">" + Html.text(name) + "</th>"),
            Html.each(data.tasks(), this::row));
  }

  private String row(TaskRow row) {
    Difference difference = row.difference();
    return """
    <tr><th scope="row">%s<small>%s · %s</small></th><td class="n before">%s</td>\
    <td class="n after"><b>%s</b></td><td class="n"><span class="change %s">%s</span>\
    <small>%s to %s</small></td>%s</tr>"""
        .formatted(
            Html.text(row.task()),
            Html.text(row.type()),
            Html.text(row.metric()),
            Html.score(difference.before()),
            Html.score(difference.after()),
            verdict(difference),
            Html.signed(difference.difference()),
            Html.signed(difference.low()),
            Html.signed(difference.high()),
            Html.each(data.baselines(), name -> baseline(row, name)));
  }

  private static String baseline(TaskRow row, String name) {
    Double score = row.baselines().get(name);
    if (score == null) {
      return "<td class=\"n baseline\"><span title=\"not applicable\">–</span></td>";
    }
    boolean higher = score > row.difference().after();
    return "<td class=\"n baseline\">%s%s</td>"
        .formatted(
            Html.score(score),
            higher ? " <span class=\"higher\" title=\"higher than after\">▲</span>" : "");
  }

  private static String verdict(Difference difference) {
    return !difference.significant() ? "unsure" : difference.low() > 0 ? "up" : "down";
  }

  private String differences() {
    List<Difference> all = data.tasks().stream().map(TaskRow::difference).toList();
    double lowest = all.stream().mapToDouble(Difference::low).min().orElse(0);
    double highest = all.stream().mapToDouble(Difference::high).max().orElse(0);
    // Whole tenths around the intervals, with zero always in sight.
    var axis = new Axis(Math.min(-0.1, tenth(lowest, -1)), Math.max(0.1, tenth(highest, 1)));
    return """
    <figure class="differences" style="--zero:%s%%">
    <figcaption>Difference of scores, after minus before, with 95 %% intervals</figcaption>
    <div class="dots" role="list">
    %s
    </div>
    <div class="axis" aria-hidden="true"><span></span><div>%s%s%s</div></div>
    </figure>
    """
        .formatted(
            Html.number(axis.percent(0)),
            Html.each(data.tasks(), row -> dot(row, axis)),
            axis.tick(axis.left),
            axis.tick(0),
            axis.tick(axis.right));
  }

  /// The range of differences that the plot shows.
  private record Axis(double left, double right) {
    double percent(double difference) {
      return Math.clamp(100 * (difference - left) / (right - left), 0, 100);
    }

    /// The number under the axis; an end too near to zero has none, for they would overlap.
    String tick(double value) {
      if (value != 0 && Math.abs(percent(value) - percent(0)) < 18) {
        return "";
      }
      String signed = Html.signed(value);
      return "<i style=\"left:%s%%\">%s</i>"
          .formatted(
              Html.number(percent(value)),
              value == 0 ? "0" : signed.substring(0, signed.length() - 2));
    }
  }

  /// The tenth at or beyond the value, in the direction of the sign.
  private static double tenth(double value, int sign) {
    return sign * Math.ceil(sign * value * 10) / 10;
  }

  private static String dot(TaskRow row, Axis axis) {
    Difference difference = row.difference();
    double low = axis.percent(difference.low());
    double high = axis.percent(difference.high());
    String words =
        "%s: %s, interval %s to %s"
            .formatted(
                row.task(),
                Html.signed(difference.difference()),
                Html.signed(difference.low()),
                Html.signed(difference.high()));
    return """
    <div class="line" role="listitem" aria-label="%s" data-tip="%s" tabindex="0"><span>%s</span>\
    <div class="track %s"><u style="left:%s%%;width:%s%%"></u><b style="left:%s%%"></b></div></div>"""
        .formatted(
            Html.text(words),
            Html.text(words),
            Html.text(row.task()),
            verdict(difference),
            Html.number(low),
            Html.number(high - low),
            Html.number(axis.percent(difference.difference())));
  }

  private String measuredOn() {
    return """
    <details><summary>What each score was measured on</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="What was measured">
    <table><caption>Data and instruction of each task</caption>
    <thead><tr><th scope="col">Task</th><th scope="col" class="n">Items</th>\
    <th scope="col">Data</th><th scope="col">Instruction</th></tr></thead><tbody>
    %s
    </tbody></table></div></details>
    """
        .formatted(
            Html.each(
                data.tasks(),
                row ->
                    "<tr><th scope=\"row\">%s</th><td class=\"n\">%d</td><td>%s</td><td>%s</td></tr>"
                        .formatted(
                            Html.text(row.task()),
                            row.items(),
                            Html.hash(row.dataSha256()),
                            row.instruction().isEmpty()
                                ? "<i>none</i>"
                                : Html.text(row.instruction()))));
  }
}
