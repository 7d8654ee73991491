package io.alidade.data;

import io.alidade.core.DataException;
import io.alidade.core.ReadFailure;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/// Reads texts to embed: JSONL or Parquet of `{"id", "text"}` (`_id` and `title` as in BEIR too),
/// or plain lines, each a text whose id is its line number. A file is Parquet by its name, and
/// JSONL if its first character that is no space is `{`.
public final class TextFile {
  private static final int PEEKED_BYTES = 4096;
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private TextFile() {}

  /// The texts of a file, in order.
  ///
  /// @throws DataException for a line that cannot be read, or two texts of one id
  public static List<IdentifiedText> read(Path file) {
    if (Rows.isParquet(file)) {
      try (Rows rows = Rows.open(file)) {
        return objects(rows);
      }
    }
    try (InputStream in = Files.newInputStream(file)) {
      return read(in, file);
    } catch (IOException e) {
      throw ReadFailure.of(file, e);
    }
  }

  /// The texts of a stream, such as standard input.
  ///
  /// @param name what errors call it
  public static List<IdentifiedText> read(InputStream in, Path name) {
    var buffered = new BufferedInputStream(in);
    try {
      return startsWithBrace(buffered) ? objects(buffered, name) : lines(buffered);
    } catch (IOException e) {
      throw ReadFailure.of(name, e);
    }
  }

  private static boolean startsWithBrace(InputStream in) throws IOException {
    in.mark(PEEKED_BYTES);
    String start = new String(in.readNBytes(PEEKED_BYTES), StandardCharsets.UTF_8);
    in.reset();
    return start.replace(BYTE_ORDER_MARK, "").stripLeading().startsWith("{");
  }

  /// Every line counts, an empty one too, so that the n-th vector is the n-th line's.
  private static List<IdentifiedText> lines(InputStream in) throws IOException {
    var texts = new ArrayList<IdentifiedText>();
    var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      String text = texts.isEmpty() ? line.replace(BYTE_ORDER_MARK, "") : line;
      texts.add(new IdentifiedText(Integer.toString(texts.size() + 1), text));
    }
    return List.copyOf(texts);
  }

  private static List<IdentifiedText> objects(InputStream in, Path name) {
    try (JsonLines lines = JsonLines.over(in, name)) {
      return objects(lines);
    }
  }

  private static List<IdentifiedText> objects(Rows rows) {
    var texts = new ArrayList<IdentifiedText>();
    var places = new HashMap<String, Long>();
    while (rows.hasNext()) {
      JsonLine row = rows.next();
      IdentifiedText text = text(row);
      Long earlier = places.putIfAbsent(text.id(), row.number());
      if (earlier != null) {
        throw row.error(
            "id \"%s\" stands %s %d already"
                .formatted(text.id(), Rows.isParquet(row.file()) ? "in row" : "on line", earlier));
      }
      texts.add(text);
    }
    return List.copyOf(texts);
  }

  private static IdentifiedText text(JsonLine line) {
    if (!line.has("text")) {
      throw line.error(
          "no column \"text\"; found " + String.join(", ", line.object().propertyNames()));
    }
    String title = line.textOr("title", "");
    String text = line.textOr("text", "");
    return new IdentifiedText(id(line), title.isEmpty() ? text : title + " " + text);
  }

  private static String id(JsonLine line) {
    for (String column : List.of("_id", "id")) {
      if (line.has(column)) {
        return line.identifier(column);
      }
    }
    return Long.toString(line.number());
  }
}
