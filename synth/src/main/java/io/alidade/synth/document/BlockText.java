package io.alidade.synth.document;

import java.util.Locale;
import java.util.Set;
import org.xml.sax.Attributes;
import org.xml.sax.helpers.DefaultHandler;

/// Collects the text of the XHTML that Tika gives: a blank line between blocks, and one space for
/// any white space within, since line ends there mean nothing.
final class BlockText extends DefaultHandler {
  private static final Set<String> INLINE =
      Set.of(
          "a", "abbr", "b", "big", "cite", "code", "em", "font", "i", "kbd", "mark", "q", "s",
          "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var");

  /// What pages show beside their text.
  private static final Set<String> LEFT_OUT =
      Set.of("head", "footer", "nav", "script", "style", "noscript", "template");

  private final StringBuilder text = new StringBuilder();
  private final StringBuilder block = new StringBuilder();
  private int hidden;

  @Override
  public void startElement(String uri, String localName, String name, Attributes attributes) {
    enter(localName.toLowerCase(Locale.ROOT), 1);
  }

  @Override
  public void endElement(String uri, String localName, String name) {
    enter(localName.toLowerCase(Locale.ROOT), -1);
  }

  @Override
  public void characters(char[] characters, int start, int length) {
    if (hidden == 0) {
      block.append(characters, start, length);
    }
  }

  @Override
  public void ignorableWhitespace(char[] characters, int start, int length) {
    characters(characters, start, length);
  }

  /// What came so far; words divided at the end of a line are whole again.
  String text() {
    endBlock();
    return text.toString();
  }

  private void enter(String element, int step) {
    if (LEFT_OUT.contains(element)) {
      hidden += step;
    }
    if (!INLINE.contains(element)) {
      endBlock();
    }
  }

  private void endBlock() {
    String joined =
        block
            .toString()
            .replaceAll("(?<=\\p{L})[-\\u00AD]\\R(?=\\p{Ll})", "")
            .replaceAll("\\s+", " ")
            .strip();
    if (!joined.isEmpty()) {
      text.append(text.isEmpty() ? "" : "\n\n").append(joined);
    }
    block.setLength(0);
  }
}
