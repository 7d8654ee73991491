package io.alidade.data.dataset;

import io.alidade.core.Example;
import io.alidade.data.JsonLine;
import io.alidade.data.Rows;
import io.alidade.data.TrainingDefaults;
import io.alidade.data.TrainingFile;
import io.alidade.data.TrainingLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/// Turns rows into examples.
@FunctionalInterface
public interface ExampleReader {

  /// The examples of a row.
  ///
  /// @throws io.alidade.core.DataException if it cannot be read
  List<Example> read(JsonLine row);

  /// Reads each row in the layout that its columns show.
  static ExampleReader detecting(TrainingDefaults defaults) {
    return row -> TrainingFile.examples(row, defaults);
  }

  /// Reads every row in one layout.
  static ExampleReader of(TrainingLayout layout, TrainingDefaults defaults) {
    return row -> TrainingFile.examples(row, layout, defaults);
  }

  /// Hands each example of a file to the consumer, in order.
  default void forEach(Path file, Consumer<Example> consumer) {
    Rows.forEach(file, row -> read(row).forEach(consumer));
  }
}
