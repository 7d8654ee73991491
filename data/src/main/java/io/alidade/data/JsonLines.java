package io.alidade.data;

import com.google.errorprone.annotations.MustBeClosed;
import io.alidade.core.DataException;
import io.alidade.core.ParserMessage;
import io.alidade.core.ReadFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Walks a JSONL file object by object and holds one line in memory at a time. Blank lines and a
/// byte-order mark are passed over. After a line that cannot be read, the next call goes on behind
/// it.
///
/// Lines are cut as bytes and decoded one by one, so that a byte that is not UTF-8 is reported with
/// the line it stands in.
public final class JsonLines implements Rows {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path file;
  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /// The part of the buffer that no line has taken yet.
  private int from;

  private int to;

  /// Bytes taken by lines.
  private long taken;

  private long number;
  private long start;
  private long offset;
  private boolean failed;
  private Optional<JsonLine> next = Optional.empty();

  private JsonLines(Path file, InputStream in) {
    this.file = file;
    this.in = in;
  }

  /// Opens the file at its first line.
  ///
  /// @throws DataException if the file is not there or cannot be opened
  @MustBeClosed
  public static JsonLines open(Path file) {
    return open(file, file);
  }

  /// Opens a file that stands for another.
  ///
  /// @param name what errors call it
  @MustBeClosed
  static JsonLines open(Path file, Path name) {
    Rows.requireFile(file);
    try {
      return new JsonLines(name, Files.newInputStream(file));
    } catch (IOException e) {
      throw ReadFailure.of(name, e);
    }
  }

  /// Walks a stream, such as standard input.
  ///
  /// @param name what errors call it
  @MustBeClosed
  public static JsonLines over(InputStream in, Path name) {
    return new JsonLines(name, in);
  }

  /// Hands each object of the file to the consumer, in order.
  public static void forEach(Path file, Consumer<JsonLine> consumer) {
    try (JsonLines lines = open(file)) {
      lines.forEachRemaining(consumer);
    }
  }

  /// The first object of the file, from which its layout is read.
  ///
  /// @throws DataException if there is none
  public static JsonLine first(Path file) {
    try (JsonLines lines = open(file)) {
      if (!lines.hasNext()) {
        throw new DataException(file, "is empty; one JSON object a line is needed");
      }
      return lines.next();
    }
  }

  @Override
  public boolean hasNext() {
    while (next.isEmpty() && readLine()) {
      refuseOtherKinds();
      String line = decode();
      if (!line.isBlank()) {
        next = Optional.of(new JsonLine(file, number, parse(line)));
      }
    }
    return next.isPresent();
  }

  @Override
  public JsonLine next() {
    if (!hasNext()) {
      throw new NoSuchElementException(file + " has no further line");
    }
    JsonLine line = next.orElseThrow();
    next = Optional.empty();
    offset = start;
    return line;
  }

  /// The byte at which the line that [#next] gave begins, from 0.
  public long offset() {
    return offset;
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean readLine() {
    if (failed) {
      return false;
    }
    bytes.reset();
    number++;
    start = taken;
    try {
      boolean ended = false;
      while (!ended && (from < to || fill())) {
        ended = takeUpToLineBreak();
      }
      return taken > start;
    } catch (IOException e) {
      // Nothing behind this place can be read either.
      failed = true;
      throw new DataException(file, "cannot be read at line " + number + ": " + e.getMessage(), e);
    }
  }

  private boolean fill() throws IOException {
    from = 0;
    to = Math.max(0, in.read(buffer));
    return to > 0;
  }

  /// Whether there was one among the bytes at hand.
  private boolean takeUpToLineBreak() {
    int end = from;
    while (end < to && buffer[end] != '\n') {
      end++;
    }
    boolean found = end < to;
    bytes.write(buffer, from, end - from);
    int next = found ? end + 1 : end;
    taken += next - from;
    from = next;
    return found;
  }

  /// A file that is no text at all is refused as a whole, since its lines are none.
  private void refuseOtherKinds() {
    if (number == 1) {
      Optional<String> refusal = FileKind.refusalAsText(bytes.toByteArray());
      failed = refusal.isPresent();
      refusal.ifPresent(
          words -> {
            throw new DataException(file, words);
          });
    }
  }

  private String decode() {
    return decode(file, number, ByteBuffer.wrap(bytes.toByteArray()));
  }

  /// The text of a line.
  static String decode(Path file, long number, ByteBuffer bytes) {
    try {
      String line = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      return number == 1 && line.startsWith("\uFEFF") ? line.substring(1) : line;
    } catch (CharacterCodingException _) {
      throw new DataException(file, number, "is not UTF-8; convert the file to UTF-8");
    }
  }

  private ObjectNode parse(String line) {
    return parse(file, number, line);
  }

  /// The object that a line holds.
  static ObjectNode parse(Path file, long number, String line) {
    JsonNode node;
    try {
      node = JSON.readTree(line);
    } catch (JacksonException e) {
      throw new DataException(
          file,
          number,
          "broken JSON at column %d: %s"
              .formatted(e.getLocation().getColumnNr(), ParserMessage.of(e)));
    }
    if (!(node instanceof ObjectNode object)) {
      throw new DataException(file, number, "must be one JSON object, {…}, on a line of its own");
    }
    return object;
  }
}
