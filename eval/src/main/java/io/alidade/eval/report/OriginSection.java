package io.alidade.eval.report;

import io.alidade.eval.report.ReportData.Origin;
import java.util.Map;
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
                versions(origin.versions()));
    return Html.section(
        "origin",
        "What was trained on what",
        "Enough to run it again and to know what the scores belong to.",
        facts
            + "<div class=\"pair\">"
            + CountTable.html("Examples by kind", origin.examplesByKind())
            + CountTable.html("Examples by language", origin.examplesByLanguage())
            + "</div>"
            + recipe(origin.recipe()));
  }

  static String versions(Map<String, String> versions) {
    return versions.entrySet().stream()
        .map(version -> Html.text(version.getKey() + " " + version.getValue()))
        .collect(Collectors.joining("<br>"));
  }

  /// A resolved recipe by its dotted keys, behind a summary.
  static String recipe(Map<String, String> values) {
    String rows =
        values.entrySet().stream()
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
