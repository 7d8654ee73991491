package io.alidade.eval.report;

import io.alidade.core.AtomicFiles;
import io.alidade.eval.report.ReportData.Command;
import io.alidade.eval.report.ReportData.Measurement;
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
    if (!data.steps().isEmpty()) {
      html.append(new LossSection(data.steps()).html());
    }
    if (!data.measurements().isEmpty()) {
      html.append(measurements());
    }
    html.append(new OriginSection(data.origin()).html());
    if (!data.next().isEmpty()) {
      html.append(next());
    }
    return html.toString();
  }

  private String measurements() {
    return Html.section(
        "speed",
        "Speed and memory",
        "Measured in this run, on the hardware named below.",
        """
        <div class="scroll" tabindex="0" role="region" aria-label="Speed and memory">
        <table><caption>Speed and memory</caption><tbody>
        %s
        </tbody></table></div>
        """
            .formatted(Html.each(data.measurements(), ReportPage::measurement)));
  }

  private static String measurement(Measurement row) {
    return "<tr><th scope=\"row\">%s<small>%s</small></th><td class=\"n\"><b>%s</b></td></tr>"
        .formatted(Html.text(row.name()), Html.text(row.note()), Html.text(row.value()));
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
