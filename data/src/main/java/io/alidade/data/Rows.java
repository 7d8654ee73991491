package io.alidade.data;

import com.google.errorprone.annotations.MustBeClosed;
import io.alidade.core.DataException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.function.Consumer;

/// The objects of a file of training data, one in memory at a time: the rows of a `.parquet` file,
/// or the lines of JSONL under any other name.
public interface Rows extends Iterator<JsonLine>, AutoCloseable {

  /// Whether the file is Parquet, by its name.
  static boolean isParquet(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".parquet");
  }

  /// Refuses what cannot be a file of rows.
  ///
  /// @throws DataException if there is nothing, or a folder
  static void requireFile(Path file) {
    if (!Files.exists(file)) {
      throw new DataException(file, "there is no such file");
    }
    if (Files.isDirectory(file)) {
      throw new DataException(file, "is a folder; a file of JSONL or Parquet is needed");
    }
  }

  /// What is wrong with one object of a file.
  ///
  /// @param number the line or row, from 1
  static DataException error(Path file, long number, String problem) {
    return isParquet(file)
        ? new DataException(file, "row %d: %s".formatted(number, problem))
        : new DataException(file, number, problem);
  }

  /// Opens the file at its first object.
  ///
  /// @throws io.alidade.core.DataException if the file is not there or cannot be opened
  @MustBeClosed
  static Rows open(Path file) {
    return isParquet(file) ? ParquetRows.open(file) : JsonLines.open(file);
  }

  /// Hands each object of the file to the consumer, in order.
  static void forEach(Path file, Consumer<JsonLine> consumer) {
    try (Rows rows = open(file)) {
      rows.forEachRemaining(consumer);
    }
  }

  @Override
  void close();
}
