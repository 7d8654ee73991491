package io.alidade.data.dataset;

import io.alidade.core.Example;
import io.alidade.core.Progress;
import io.alidade.data.RowFile;
import io.alidade.data.TrainingLayout;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/// Writes a file of examples in another layout.
public final class Conversion {
  private final TrainingLayout layout;
  private final Progress progress;
  private long examples;
  private long rows;
  private long tooFew;
  private long unfit;
  private final Set<String> lost = new LinkedHashSet<>();

  /// What became of the examples.
  ///
  /// @param rows that were written
  /// @param tooFew examples left out for want of negatives
  /// @param unfit examples left out because the layout's columns would not be true of them
  /// @param lost what the annotations of others said and the rows do not
  public record Result(long examples, long rows, long tooFew, long unfit, List<String> lost) {
    public Result {
      lost = List.copyOf(lost);
    }

    public long leftOut() {
      return tooFew + unfit;
    }
  }

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
    return new Result(
        conversion.examples,
        conversion.rows,
        conversion.tooFew,
        conversion.unfit,
        List.copyOf(conversion.lost));
  }

  private void add(Example example, Consumer<ObjectNode> sink) {
    examples++;
    progress.update(examples, 0, "examples");
    if (!layout.holds(example)) {
      unfit++;
      return;
    }
    List<ObjectNode> written = layout.write(example);
    written.forEach(sink);
    rows += written.size();
    tooFew += written.isEmpty() ? 1 : 0;
    lost.addAll(example.annotation().present());
    lost.removeAll(layout.annotations());
  }
}
