package io.alidade.eval.report;

import io.alidade.core.AtomicFiles;
import io.alidade.eval.report.ReportData.Command;
import java.nio.file.Path;
import java.util.List;

/// Renders a report as one HTML page that needs nothing else.
public final class ReportPage {
  private final ReportData data;

  public ReportPage(ReportData data) {
    this.data = data;
  }

  /// Writes the page, such as `report.html`.
  public void write(Path file) {
    AtomicFiles.writeText(file, html());
  }

  /// The page. Equal data give equal pages.
  public String html() {
    return new Page(
            data.title(),
            "Alidade report",
            data.summary(),
            data.headlines(),
            List.of("report.css"),
            List.of("report.js"))
        .html(sections());
  }

  private String sections() {
    var html = new StringBuilder();
    if (!data.tasks().isEmpty()) {
      html.append(new TaskSection(data).html());
    }
    if (!data.queries().isEmpty()) {
      html.append(new QuerySection(data.queries()).html());
    }
    if (!data.similarities().texts().isEmpty()) {
      html.append(new SimilaritySection(data.similarities()).html());
    }
    if (!data.map().points().isEmpty()) {
      html.append(new MapSection(data.map()).html());
    }
    if (!data.training().scores().isEmpty()) {
      html.append(new ScoreSection(data.training()).html());
    }
    if (!data.training().steps().isEmpty()) {
      html.append(new TrainingSection(data.training().steps()).html());
    }
    html.append(MeasurementSection.html(data.measurements()));
    html.append(new OriginSection(data.origin()).html());
    if (!data.next().isEmpty()) {
      html.append(next());
    }
    return html.toString();
  }

  private String next() {
    return Html.section(
        "next",
        "Next",
        "Three commands to try with the model folder of this run.",
        "<ol class=\"commands\">" + Html.each(data.next(), ReportPage::command) + "</ol>");
  }

  private static String command(Command command) {
    return "<li><p>%s</p><div class=\"command\"><pre tabindex=\"0\"><code>%s</code></pre><button type=\"button\" class=\"copy\">Copy</button></div></li>"
        .formatted(Html.text(command.purpose()), Html.text(command.line()));
  }
}
