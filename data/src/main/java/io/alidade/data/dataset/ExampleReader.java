package io.alidade.data.dataset;

import io.alidade.core.Example;
import io.alidade.data.JsonLine;
import io.alidade.data.Rows;
import io.alidade.data.TrainingDefaults;
import io.alidade.data.TrainingFile;
import io.alidade.data.TrainingLayout;
import io.alidade.data.TrainingLayouts;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Turns rows into examples.
///
/// @param given the layout of every row; none for what each row's columns show
public record ExampleReader(Optional<TrainingLayout> given, TrainingDefaults defaults) {

  /// Reads each row in the layout that its columns show.
  public static ExampleReader detecting(TrainingDefaults defaults) {
    return new ExampleReader(Optional.empty(), defaults);
  }

  /// Reads every row in one layout.
  public static ExampleReader of(TrainingLayout layout, TrainingDefaults defaults) {
    return new ExampleReader(Optional.of(layout), defaults);
  }

  /// The layout that a row is read in.
  ///
  /// @throws io.alidade.core.DataException if its columns are no layout's
  TrainingLayout layout(JsonLine row) {
    return given.orElseGet(() -> TrainingLayouts.of(row));
  }

  /// The examples of a row.
  ///
  /// @throws io.alidade.core.DataException if it cannot be read
  public List<Example> read(JsonLine row) {
    return TrainingFile.examples(row, layout(row), defaults);
  }

  /// Hands each example of a file to the consumer, in order.
  public void forEach(Path file, Consumer<Example> consumer) {
    Rows.forEach(file, row -> read(row).forEach(consumer));
  }
}
