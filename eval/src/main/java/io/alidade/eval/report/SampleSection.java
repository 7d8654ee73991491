package io.alidade.eval.report;

import io.alidade.core.Example;
import io.alidade.data.dataset.DataStatistics;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/// Examples to search, by text, kind and language. Without script all of them are shown.
final class SampleSection {
  private static final int TEXT_LENGTH = 900;

  private final DataStatistics statistics;

  SampleSection(DataStatistics statistics) {
    this.statistics = statistics;
  }

  String html() {
    List<Example> samples = statistics.samples();
    return Html.section(
        "samples",
        "Examples",
        String.format(
            Locale.ROOT,
            "%d of %,d, drawn by their ids so that every kind and language is there.",
            samples.size(),
            statistics.examples()),
        """
        <form class="filters" id="filters">
        <label>Search<input type="search" name="text" autocomplete="off"></label>
        <label>Kind<select name="kind"><option value="">all</option>%s</select></label>
        <label>Language<select name="language"><option value="">all</option>%s</select></label>
        <output name="found" aria-live="polite"></output>
        </form>
        <div id="examples">
        %s
        </div>
        """
            .formatted(
                options(example -> example.kind().label()),
                options(Example::language),
                Html.each(samples, SampleSection::article)));
  }

  private String options(Function<Example, String> value) {
    List<String> values = statistics.samples().stream().map(value).distinct().sorted().toList();
    return Html.each(
        values, text -> "<option value=\"%1$s\">%1$s</option>".formatted(Html.text(text)));
  }

  private static String article(Example example) {
    String kind = Html.text(example.kind().label());
    String language = Html.text(example.language());
    return """
    <article class="example" data-kind="%s" data-language="%s">
    <p class="about"><span>%s</span><span>%s</span><code title="id">%s</code></p>
    %s<dl>
    <dt>query</dt><dd>%s</dd>
    <dt>positive</dt><dd>%s</dd>
    %s</dl></article>\
    """
        .formatted(
            kind,
            language,
            kind,
            language,
            Html.text(example.id()),
            example.instruction().isEmpty()
                ? ""
                : "<p class=\"instruction\">%s</p>\n".formatted(brief(example.instruction())),
            brief(example.query()),
            brief(example.positive()),
            Html.each(
                example.negatives(),
                text -> "<dt class=\"neg\">negative</dt><dd>%s</dd>".formatted(brief(text))));
  }

  private static String brief(String text) {
    return Html.brief(text, TEXT_LENGTH);
  }
}
