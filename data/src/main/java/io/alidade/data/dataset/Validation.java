package io.alidade.data.dataset;

import io.alidade.core.DataException;
import io.alidade.core.Example;
import io.alidade.data.ExampleCheck;
import io.alidade.data.JsonLine;
import io.alidade.data.Rows;
import io.alidade.data.TrainingLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/// Finds every row of a file that training would refuse, by the same checks: what cannot be read,
/// and what [ExampleCheck] finds.
public final class Validation {

  /// What was found.
  ///
  /// @param rows read, the broken ones too
  public record Result(long rows, long examples, long broken) {}

  private Validation() {}

  /// Reads the whole file.
  ///
  /// @param broken hears of each broken row, in the file's order
  /// @throws DataException if the file cannot be opened, or holds no row
  public static Result run(Path file, ExampleReader reader, Consumer<DataException> broken) {
    long sound = 0;
    long examples = 0;
    long problems = 0;
    try (Rows rows = Rows.open(file)) {
      while (true) {
        try {
          if (!rows.hasNext()) {
            break;
          }
          examples += sound(rows.next(), reader).size();
          sound++;
        } catch (DataException e) {
          problems++;
          broken.accept(e);
        }
      }
    }
    if (sound + problems == 0) {
      throw new DataException(file, "holds no example; one JSON object a line is needed");
    }
    return new Result(sound + problems, examples, problems);
  }

  private static List<Example> sound(JsonLine row, ExampleReader reader) {
    TrainingLayout layout = reader.layout(row);
    List<Example> examples = reader.read(row);
    for (Example example : examples) {
      ExampleCheck.refusal(example, layout)
          .ifPresent(
              reason -> {
                throw row.error(reason);
              });
    }
    return examples;
  }
}
