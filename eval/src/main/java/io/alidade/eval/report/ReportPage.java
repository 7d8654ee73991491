package io.alidade.eval.report;

import io.alidade.core.AtomicFiles;
import io.alidade.eval.report.ReportData.Command;
import io.alidade.eval.report.ReportData.Headline;
import io.alidade.eval.report.ReportData.Measurement;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Renders a report as one HTML page that needs nothing else: style and script are inlined, charts
/// are SVG, and the page's own policy forbids the browser to load anything.
public final class ReportPage {
  private static final String POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

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
    return """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="%s">
    <meta name="color-scheme" content="light dark">
    <title>%s</title>
    <style>
    %s
    </style>
    </head>
    <body>
    <a class="skip" href="#main">Skip to the results</a>
    %s
    <main id="main">
    %s
    </main>
    <footer>Made by Alidade. This page holds everything it shows and loads nothing.</footer>
    <div id="tip" role="status" hidden></div>
    <script>
    %s
    </script>
    </body>
    </html>
    """
        .formatted(
            POLICY,
            Html.text(data.title()),
            resource("report.css"),
            header(),
            sections(),
            resource("report.js"));
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

  private String header() {
    return """
    <header class="top">
    <div class="intro">
    <p class="eyebrow">Alidade report</p>
    <h1>%s</h1>
    <p class="summary">%s</p>
    </div>
    %s
    <ul class="headlines" aria-label="Headline numbers">%s</ul>
    </header>
    """
        .formatted(
            Html.text(data.title()),
            Html.text(data.summary()),
            resource("alidade.svg"),
            Html.each(data.headlines(), ReportPage::headline));
  }

  private static String headline(Headline headline) {
    return "<li><span>%s</span><b>%s</b><small>%s</small></li>"
        .formatted(
            Html.text(headline.label()), Html.text(headline.value()), Html.text(headline.note()));
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

  private static String resource(String name) {
    try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("resource " + name + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
