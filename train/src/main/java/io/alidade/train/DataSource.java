package io.alidade.train;

import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import io.alidade.core.recipe.Required;
import io.alidade.data.Rows;
import io.alidade.data.TrainingDefaults;
import io.alidade.data.TrainingFile;
import io.alidade.train.batch.OrderKey;
import io.alidade.train.objective.Objective;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// One source of training examples.
///
/// @param path a file of JSONL or Parquet, relative to the recipe
/// @param ratio the share of its examples that is used, in `(0, 1]`; which ones is a function of
///   seed and id
/// @param instruction where a line names none
/// @param symmetric whether lines that name no kind are symmetric, so that the instruction stands
///   on both sides
public record DataSource(@Required Path path, double ratio, String instruction, boolean symmetric) {
  private static final int SAMPLING = -1;

  public DataSource {
    if (!(ratio > 0 && ratio <= 1)) {
      throw new IllegalArgumentException("ratio must be above 0 and at most 1, is " + ratio);
    }
  }

  /// The whole of a file, without an instruction of its own.
  public static DataSource defaults() {
    return new DataSource(Path.of("train.jsonl"), 1.0, "", false);
  }

  /// The examples of the file, thinned to the ratio.
  ///
  /// @throws io.alidade.core.DataException by its line, if the objective cannot be trained on one
  List<Example> read(Path file, Objective objective, long seed) {
    TaskKind kind = symmetric ? TaskKind.STS : TrainingDefaults.KIND;
    var defaults = new TrainingDefaults(instruction, kind, TrainingDefaults.LANGUAGE);
    var examples = new ArrayList<Example>();
    TrainingFile.visit(
        file,
        defaults,
        (line, example) -> {
          if (ratio == 1 || OrderKey.of(seed, SAMPLING, example.id()).share() < ratio) {
            objective
                .refusal(example)
                .ifPresent(
                    reason -> {
                      throw Rows.error(file, line, reason);
                    });
            examples.add(example);
          }
        });
    return List.copyOf(examples);
  }
}
