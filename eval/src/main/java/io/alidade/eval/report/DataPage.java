package io.alidade.eval.report;

import io.alidade.core.AtomicFiles;
import java.nio.file.Path;
import java.util.List;

/// Renders a data set as one HTML page that needs nothing else: its mixture, as figure 2 of the
/// paper has it, the lengths of its texts, what its making cost, and examples to look through.
///
/// @see <a href="https://arxiv.org/abs/2401.00368">Wang et al., 2024</a>, figure 2
public final class DataPage {
  private final DataReport report;

  public DataPage(DataReport report) {
    this.report = report;
  }

  /// Writes the page, such as `data.html`.
  public void write(Path file) {
    AtomicFiles.writeText(file, html());
  }

  /// The page. Equal data give equal pages.
  public String html() {
    return new Page(
            report.title(),
            "Alidade data",
            report.summary(),
            report.headlines(),
            List.of("report.css", "data.css"),
            List.of("report.js", "data.js"))
        .html(sections());
  }

  private String sections() {
    var html = new StringBuilder();
    html.append(new MixtureSection(report.statistics()).html());
    html.append(new LengthSection(report.statistics(), report.unit()).html());
    if (!report.generation().calls().isEmpty() || !report.generation().rejected().isEmpty()) {
      html.append(generation());
    }
    if (!report.statistics().samples().isEmpty()) {
      html.append(new SampleSection(report.statistics()).html());
    }
    return html.toString();
  }

  private String generation() {
    return Html.section(
        "generation",
        "How it was made",
        "The calls to language models by how they ended, and the candidates that became no"
            + " example.",
        "<div class=\"pair\">"
            + CountTable.html("Calls by outcome", report.generation().calls())
            + CountTable.html("Rejected candidates by reason", report.generation().rejected())
            + "</div>");
  }
}
