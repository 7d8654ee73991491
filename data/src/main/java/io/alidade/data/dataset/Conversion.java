package io.alidade.data.dataset;

import io.alidade.core.Example;
import io.alidade.core.Progress;
import io.alidade.data.RowFile;
import io.alidade.data.TrainingLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/// Writes a file of examples in another layout.
public final class Conversion {
  private final TrainingLayout layout;
  private final Progress progress;
  private long examples;
  private long rows;
  private long leftOut;

  /// What became of the examples.
  ///
  /// @param rows that were written
  /// @param leftOut examples that the layout has no place for, for want of negatives
  public record Result(long examples, long rows, long leftOut) {}

  private Conversion(TrainingLayout layout, Progress progress) {
    this.layout = layout;
    this.progress = progress;
  }

  /// Converts one file into another, which appears whole or not at all.
  ///
  /// @throws io.alidade.core.UsageException if both are the same file
  /// @throws io.alidade.core.DataException at the first row that cannot be read
  public static Result run(
      Path from, ExampleReader reader, Path to, TrainingLayout layout, Progress progress) {
    RowFile.requireOther(from, to);
    var conversion = new Conversion(layout, progress);
    RowFile.write(
        to,
        layout.columns(),
        rows -> reader.forEach(from, example -> conversion.add(example, rows)));
    return new Result(conversion.examples, conversion.rows, conversion.leftOut);
  }

  private void add(Example example, Consumer<ObjectNode> sink) {
    List<ObjectNode> written = layout.write(example);
    written.forEach(sink);
    examples++;
    rows += written.size();
    leftOut += written.isEmpty() ? 1 : 0;
    progress.update(examples, 0, "examples");
  }
}
