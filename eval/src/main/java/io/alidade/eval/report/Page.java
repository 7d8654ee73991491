package io.alidade.eval.report;

import io.alidade.eval.report.ReportData.Headline;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/// What every page has around its sections: one HTML file that needs nothing else. Style and script
/// are inlined, charts are SVG, and the page's own policy forbids the browser to load anything.
///
/// @param title of the page, and its first heading
/// @param eyebrow what kind of page it is, in a few words above the title
/// @param summary a sentence below the title
/// @param styles resources, in order
/// @param scripts resources, in order
record Page(
    String title,
    String eyebrow,
    String summary,
    List<Headline> headlines,
    List<String> styles,
    List<String> scripts) {
  private static final String POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

  /// The page around these sections. Equal data give equal pages.
  String html(String sections) {
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
        .formatted(POLICY, Html.text(title), joined(styles), header(), sections, joined(scripts));
  }

  private String header() {
    return """
    <header class="top">
    <div class="intro">
    <p class="eyebrow">%s</p>
    <h1>%s</h1>
    <p class="summary">%s</p>
    </div>
    %s
    <ul class="headlines" aria-label="Headline numbers">%s</ul>
    </header>
    """
        .formatted(
            Html.text(eyebrow),
            Html.text(title),
            Html.text(summary),
            resource("alidade.svg"),
            Html.each(headlines, Page::headline));
  }

  private static String headline(Headline headline) {
    return "<li><span>%s</span><b>%s</b><small>%s</small></li>"
        .formatted(
            Html.text(headline.label()), Html.text(headline.value()), Html.text(headline.note()));
  }

  private static String joined(List<String> resources) {
    return resources.stream().map(Page::resource).collect(Collectors.joining("\n"));
  }

  private static String resource(String name) {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("resource " + name + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
