package io.alidade.synth.json;

import io.alidade.core.AlidadeException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// One pass over a text from a place where JSON may begin.
final class LenientParser {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int DEEPEST = 32;

  /// How the pass ended.
  sealed interface Outcome {
    record Parsed(JsonNode value) implements Outcome {}

    /// The text ended first.
    record Ended() implements Outcome {}

    record Broken(String reason) implements Outcome {}
  }

  /// Leaves the pass from any depth.
  private static final class Unreadable extends AlidadeException {
    private static final long serialVersionUID = 1L;

    private final boolean ended;

    Unreadable(String message, boolean ended) {
      super(message);
      this.ended = ended;
    }
  }

  private final String text;
  private int at;

  LenientParser(String text, int start) {
    this.text = text;
    this.at = start;
  }

  Outcome parse() {
    try {
      return new Outcome.Parsed(value(0));
    } catch (Unreadable e) {
      return e.ended ? new Outcome.Ended() : new Outcome.Broken(String.valueOf(e.getMessage()));
    }
  }

  private JsonNode value(int depth) {
    if (depth > DEEPEST) {
      throw broken("it is nested deeper than " + DEEPEST);
    }
    char c = next();
    return switch (c) {
      case '{' -> object(depth);
      case '[' -> list(depth);
      case '"', '\'' -> NODES.stringNode(string());
      default -> word();
    };
  }

  private ObjectNode object(int depth) {
    ObjectNode object = NODES.objectNode();
    at++;
    while (next() != '}') {
      String key = key();
      expect(':');
      if (object.has(key)) {
        throw broken("the key \"" + key + "\" stands in it twice");
      }
      object.set(key, value(depth + 1));
      if (next() != '}') {
        expect(',');
      }
    }
    at++;
    return object;
  }

  private ArrayNode list(int depth) {
    ArrayNode list = NODES.arrayNode();
    at++;
    while (next() != ']') {
      list.add(value(depth + 1));
      if (next() != ']') {
        expect(',');
      }
    }
    at++;
    return list;
  }

  private String key() {
    char quote = next();
    if (quote != '"' && quote != '\'') {
      throw broken("a quoted key is missing at character " + (at + 1));
    }
    return string();
  }

  private String string() {
    char quote = text.charAt(at++);
    var string = new StringBuilder();
    while (true) {
      char c = character();
      if (c == quote) {
        return string.toString();
      }
      string.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() {
    char c = character();
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'u' -> unicode();
      case '"', '\'', '\\', '/', '\n' -> c;
      default -> throw broken("\\%c is no escape, at character %d".formatted(c, at));
    };
  }

  private char unicode() {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(character(), 16);
      if (digit < 0) {
        throw broken("\\u needs four hexadecimal digits, at character " + at);
      }
      value = value * 16 + digit;
    }
    return (char) value;
  }

  /// A number, or `true`, `false`, `null` and Python's names for them.
  private JsonNode word() {
    int start = at;
    while (at < text.length() && partOfWord(text.charAt(at))) {
      at++;
    }
    if (at == text.length()) {
      throw new Unreadable("the text ends within it", true);
    }
    String word = text.substring(start, at);
    return switch (word) {
      case "true", "True" -> NODES.booleanNode(true);
      case "false", "False" -> NODES.booleanNode(false);
      case "null", "None" -> NODES.nullNode();
      default -> number(word, start);
    };
  }

  private JsonNode number(String word, int start) {
    if (word.matches("-?[0-9]{1,18}")) {
      return NODES.numberNode(Long.parseLong(word));
    }
    if (word.matches("-?[0-9]{1,18}(\\.[0-9]{1,18})?([eE][-+]?[0-9]{1,3})?")) {
      return NODES.numberNode(Double.parseDouble(word));
    }
    throw broken("a value is missing at character " + (start + 1));
  }

  private static boolean partOfWord(char c) {
    return Character.isLetterOrDigit(c) || "+-._".indexOf(c) >= 0;
  }

  private static Unreadable broken(String problem) {
    return new Unreadable(problem, false);
  }

  private void expect(char wanted) {
    if (next() != wanted) {
      throw broken("'%c' is missing at character %d".formatted(wanted, at + 1));
    }
    at++;
  }

  /// The next character that is no white space; it stays the next.
  private char next() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    if (at == text.length()) {
      throw new Unreadable("the text ends within it", true);
    }
    return text.charAt(at);
  }

  private char character() {
    if (at == text.length()) {
      throw new Unreadable("the text ends within it", true);
    }
    return text.charAt(at++);
  }
}
