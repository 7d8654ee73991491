package io.alidade.eval.report;

import io.alidade.eval.report.ReportData.Origin;
import java.util.stream.Collectors;

/// What was trained on what: the facts that make a score mean something.
final class OriginSection {
  private final Origin origin;

  OriginSection(Origin origin) {
    this.origin = origin;
  }

  String html() {
    long examples = origin.examplesByKind().values().stream().mapToLong(Long::longValue).sum();
    String facts =
        """
        <dl class="facts">
        <div><dt>Backbone</dt><dd>%s %s</dd></div>
        <div><dt>Training data</dt><dd>%s %s<br>%d examples</dd></div>
        <div><dt>Seed</dt><dd>%d</dd></div>
        <div><dt>Hardware</dt><dd>%s</dd></div>
        <div><dt>Versions</dt><dd>%s</dd></div>
        </dl>
        """
            .formatted(
                Html.text(origin.backbone()),
                Html.hash(origin.backboneSha256()),
                Html.text(origin.dataFile()),
                Html.hash(origin.dataSha256()),
                examples,
                origin.seed(),
                Html.text(origin.hardware()),
                origin.versions().entrySet().stream()
                    .map(v -> Html.text(v.getKey() + " " + v.getValue()))
                    .collect(Collectors.joining("<br>")));
    return Html.section(
        "origin",
        "What was trained on what",
        "Enough to run it again and to know what the scores belong to.",
        facts
            + "<div class=\"pair\">"
            + CountTable.html("Examples by kind", origin.examplesByKind())
            + CountTable.html("Examples by language", origin.examplesByLanguage())
            + "</div>"
            + recipe());
  }

  private String recipe() {
    String rows =
        origin.recipe().entrySet().stream()
            .map(
                entry ->
                    "<tr><th scope=\"row\"><code>%s</code></th><td>%s</td></tr>"
                        .formatted(Html.text(entry.getKey()), Html.text(entry.getValue())))
            .collect(Collectors.joining("\n"));
    return """
    <details><summary>The recipe as resolved</summary><div class="scroll" tabindex="0" \
    role="region" aria-label="Recipe"><table><caption>Recipe</caption><tbody>%s</tbody></table>\
    </div></details>\
    """
        .formatted(rows);
  }
}
