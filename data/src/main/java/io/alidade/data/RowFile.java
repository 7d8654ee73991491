package io.alidade.data;

import io.alidade.core.AtomicFiles;
import io.alidade.core.DataException;
import io.alidade.core.UsageException;
import io.alidade.core.WriteFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// Writes objects as the rows of a `.parquet` file, or as lines of JSONL under any other name, one
/// in memory at a time. The file appears whole or not at all, and the same objects give the same
/// bytes.
///
/// Parquet is made from JSONL that lies beside it meanwhile, so that memory stays flat: a row group
/// at a time is held.
public final class RowFile {
  private static final int ROW_GROUP = 10_000;

  /// Hands over the rows, in order.
  @FunctionalInterface
  public interface Content {
    void writeTo(Consumer<ObjectNode> rows);
  }

  private RowFile() {}

  /// Writes what the content gives.
  ///
  /// @param columns in order, with the types they have in Parquet, in DuckDB's words
  /// @throws WriteFailure if the file cannot be written; the old content stays
  public static void write(Path file, Map<String, String> columns, Content content) {
    if (!Rows.isParquet(file)) {
      writeLines(file, content);
      return;
    }
    Path lines = beside(file, ".jsonl");
    Path partial = beside(file, "");
    try {
      try {
        writeLines(lines, content);
        copy(lines, columns, partial);
        move(partial, file);
      } finally {
        Files.deleteIfExists(lines);
        Files.deleteIfExists(partial);
      }
    } catch (IOException e) {
      throw WriteFailure.of(file, e);
    } catch (SQLException e) {
      throw new DataException(file, "cannot be written: " + DuckDb.message(e), e);
    }
  }

  /// Refuses to write a file over the one that it is made from: what the target has no place for,
  /// or goes to another file, would be gone.
  ///
  /// @throws UsageException if both are the same file
  public static void requireOther(Path source, Path target) {
    try {
      if (Files.exists(target) && Files.isSameFile(source, target)) {
        throw new UsageException(
            "%s would be written over itself; choose another place to write to".formatted(source));
      }
    } catch (IOException e) {
      throw new DataException(source, "cannot be read: " + e.getMessage(), e);
    }
  }

  private static void writeLines(Path file, Content content) {
    AtomicFiles.write(
        file,
        out -> {
          try {
            content.writeTo(row -> writeLine(row, out::write));
          } catch (UncheckedIOException e) {
            throw e.getCause();
          }
        });
  }

  @FunctionalInterface
  private interface Output {
    void write(byte[] bytes) throws IOException;
  }

  private static void writeLine(ObjectNode row, Output out) {
    try {
      out.write((row + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path lines, Map<String, String> columns, Path parquet)
      throws SQLException {
    String types =
        columns.entrySet().stream()
            .map(column -> DuckDb.quoted(column.getKey()) + ": " + DuckDb.quoted(column.getValue()))
            .collect(Collectors.joining(", "));
    try (Connection database = DuckDb.open();
        Statement statement = database.createStatement()) {
      statement.execute(
          """
          COPY (SELECT * FROM read_json(%s, format = 'newline_delimited', columns = {%s}))
          TO %s (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE %d)
          """
              .formatted(
                  DuckDb.literal(lines),
                  types,
                  DuckDb.quoted(parquet.toAbsolutePath().toString()),
                  ROW_GROUP));
    }
  }

  private static void move(Path partial, Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
      // Without this a power cut could leave the new name with no content behind it.
      channel.force(true);
    }
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static Path beside(Path file, String kind) {
    return file.resolveSibling(file.getFileName() + kind + AtomicFiles.PARTIAL_SUFFIX);
  }
}
