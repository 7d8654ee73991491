package io.alidade.eval.report;

import io.alidade.core.AtomicFiles;
import io.alidade.core.Hardware;
import io.alidade.core.manifest.Input;
import io.alidade.core.manifest.Manifest;
import io.alidade.core.recipe.RecipeValues;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Renders a training run by itself, without any evaluation before or after it, as one HTML page
/// that needs nothing else.
public final class RunPage {
  private final RunReport report;

  public RunPage(RunReport report) {
    this.report = report;
  }

  /// Writes the page, such as `report.html`.
  public void write(Path file) {
    AtomicFiles.writeText(file, html());
  }

  /// The page. Equal data give equal pages.
  public String html() {
    return new Page(
            report.title(),
            "Alidade training run",
            report.summary(),
            report.headlines(),
            List.of("report.css"),
            List.of("report.js"))
        .html(sections());
  }

  private String sections() {
    TrainingCurves curves = report.curves();
    return (curves.scores().isEmpty() ? "" : new ScoreSection(curves).html())
        + (curves.steps().isEmpty() ? "" : new TrainingSection(curves.steps()).html())
        + MeasurementSection.html(report.measurements())
        + origin(report.manifest());
  }

  private static String origin(Manifest manifest) {
    return Html.section(
        "origin",
        "What was trained on what",
        "Enough to run it again.",
        """
        <dl class="facts">
        <div><dt>Seed</dt><dd>%d</dd></div>
        <div><dt>Started</dt><dd>%s</dd></div>
        <div><dt>Hardware</dt><dd>%s</dd></div>
        <div><dt>Versions</dt><dd>%s</dd></div>
        </dl>
        <div class="scroll" tabindex="0" role="region" aria-label="Inputs">
        <table><caption>What was read</caption><tbody>
        %s
        </tbody></table></div>
        %s"""
            .formatted(
                manifest.seed(),
                Html.text(manifest.started()),
                Html.text(hardware(manifest.hardware())),
                OriginSection.versions(manifest.versions()),
                Html.each(manifest.inputs(), RunPage::input),
                OriginSection.recipe(RecipeValues.of(manifest.recipe()))));
  }

  private static String hardware(Map<String, String> facts) {
    return new Hardware(
            facts.getOrDefault("processor", "unknown processor"),
            Integer.parseInt(facts.getOrDefault("cores", "0")),
            Long.parseLong(facts.getOrDefault("memory_bytes", "0")))
        .describe();
  }

  private static String input(Input input) {
    return "<tr><th scope=\"row\">%s</th><td class=\"path\">%s</td><td>%s</td></tr>"
        .formatted(Html.text(input.role()), Html.text(input.path()), Html.hash(input.sha256()));
  }
}
