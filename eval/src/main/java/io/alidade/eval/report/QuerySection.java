package io.alidade.eval.report;

import io.alidade.eval.report.ReportData.RankedQuery;
import io.alidade.eval.report.ReportData.RankedText;
import java.util.List;

/// A few queries with what they find before and after.
final class QuerySection {
  private static final int DOCUMENT_LENGTH = 160;

  private final List<RankedQuery> queries;

  QuerySection(List<RankedQuery> queries) {
    this.queries = queries;
  }

  String html() {
    return Html.section(
        "queries",
        "What queries find",
        "The first documents of some queries, by cosine similarity; relevant ones are marked.",
        Html.each(queries, QuerySection::query));
  }

  private static String query(RankedQuery query) {
    return """
    <article class="query"><h3><span class="hidden">Query: </span>%s</h3>
    <div class="sides">%s%s</div></article>"""
        .formatted(
            Html.text(query.query()),
            side("before", "Before", query.before()),
            side("after", "After", query.after()));
  }

  private static String side(String name, String heading, List<RankedText> texts) {
    return "<div class=\"side %s\"><h4>%s</h4><ol>%s</ol></div>"
        .formatted(name, heading, Html.each(texts, QuerySection::document));
  }

  private static String document(RankedText document) {
    return "<li%s><span class=\"score\">%s</span><p>%s%s</p></li>"
        .formatted(
            document.relevant() ? " class=\"relevant\"" : "",
            Html.score(document.score()),
            document.relevant() ? "<mark>relevant</mark> " : "",
            Html.brief(document.text(), DOCUMENT_LENGTH));
  }
}
