package io.alidade.eval.report;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Small helpers of the sections. Every text that is not the page's own goes through [#text].
final class Html {
  private Html() {}

  /// The text with everything escaped that means something in an element or in an attribute.
  static String text(String raw) {
    var escaped = new StringBuilder(raw.length() + 16);
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }

  /// The start of a long text, escaped.
  static String brief(String raw, int length) {
    if (raw.length() <= length) {
      return text(raw);
    }
    // Never cut a surrogate pair in two.
    int end = Character.isHighSurrogate(raw.charAt(length - 1)) ? length - 1 : length;
    return text(raw.substring(0, end).stripTrailing() + "…");
  }

  /// A hash, short to read and whole on hover.
  static String hash(String sha256) {
    return "<code class=\"hash\" title=\"sha256 %s\">%s</code>"
        .formatted(text(sha256), brief(sha256, 12));
  }

  static String section(String id, String heading, String lead, String content) {
    return """
    <section id="%s" aria-labelledby="%s-heading">
    <h2 id="%s-heading">%s</h2>
    <p class="lead">%s</p>
    %s
    </section>
    """
        .formatted(id, id, id, heading, lead, content);
  }

  static <T> String each(List<T> values, Function<T, String> html) {
    return values.stream().map(html).collect(Collectors.joining("\n"));
  }

  /// A score with three digits.
  static String score(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  /// A difference with its sign (a true minus), three digits.
  static String signed(double value) {
    String digits = score(Math.abs(value));
    return digits.equals("0.000") ? digits : (value < 0 ? "−" : "+") + digits;
  }

  /// A coordinate or percentage for SVG and CSS.
  static String number(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
