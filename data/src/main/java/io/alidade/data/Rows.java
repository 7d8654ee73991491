package io.alidade.data;

import com.google.errorprone.annotations.MustBeClosed;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.function.Consumer;

/// The objects of a file of training data, one in memory at a time: the rows of a `.parquet` file,
/// or the lines of JSONL under any other name.
public interface Rows extends Iterator<JsonLine>, AutoCloseable {

  /// Opens the file at its first object.
  ///
  /// @throws io.alidade.core.DataException if the file is not there or cannot be opened
  @MustBeClosed
  static Rows open(Path file) {
    return ParquetRows.isParquet(file) ? ParquetRows.open(file) : JsonLines.open(file);
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
