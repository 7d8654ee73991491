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
    double extent = 0.05;
    for (TaskRow row : data.tasks()) {
      extent =
          Math.max(extent, Math.max(Math.abs(row.difference().low()), row.difference().high()));
    }
    double scale = Math.ceil(extent * 10) / 10;
    return """
    <figure class="differences">
    <figcaption>Difference of scores, after minus before, with 95 %% intervals</figcaption>
    <div class="dots" role="list">
    %s
    <div class="axis" aria-hidden="true"><span></span><div><i>%s</i><i>0</i><i>%s</i></div></div>
    </div>
    </figure>
    """
        .formatted(
            Html.each(data.tasks(), row -> dot(row, scale)),
            Html.signed(-scale).substring(0, 4),
            Html.signed(scale).substring(0, 4));
  }

  private static String dot(TaskRow row, double scale) {
    Difference difference = row.difference();
    double low = percent(difference.low(), scale);
    double high = percent(difference.high(), scale);
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
            Html.number(percent(difference.difference(), scale)));
  }

  private static double percent(double difference, double scale) {
    return Math.clamp(50 + 50 * difference / scale, 0, 100);
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
