package io.alidade.train.mixture;

import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import io.alidade.core.recipe.Required;
import io.alidade.data.JsonLine;
import io.alidade.data.TrainingDefaults;
import java.nio.file.Path;
import java.util.List;

/// One source of training examples.
///
/// How much of it an epoch has is said by `ratio` or by `weight`, never both. By ratio it is a
/// share of the source itself. Weights are for all sources of a recipe: an epoch then has as many
/// examples as there can be in these proportions without one being seen twice, or, of sources with
/// `repeat`, with that.
///
/// @param path a file of JSONL or Parquet, relative to the recipe
/// @param ratio the share of its examples that is used, above 0; which ones is a function of seed
///   and id. Above 1 they are seen several times an epoch, which `repeat` must allow
/// @param weight its share of an epoch's examples, in proportion to the other sources' weights; 0
///   to go by `ratio`
/// @param repeat whether examples may be seen several times an epoch
/// @param instruction where a line names none
/// @param instructions several instead, of which each example takes one an epoch, by seed, epoch
///   and id; ids are those with the first of them
/// @param symmetric whether lines that name no kind are symmetric, so that the instruction stands
///   on both sides
/// @param pairs how rows become pairs
/// @param limits what its texts are cut to
/// @param inBatchNegatives whether its texts are negatives of other examples, and theirs of it;
///   classes, of which most texts of a batch may be positives, have their own negatives only
/// @param unusable what becomes of rows that can be read but not trained on
public record DataSource(
    @Required Path path,
    double ratio,
    double weight,
    boolean repeat,
    String instruction,
    List<String> instructions,
    boolean symmetric,
    Pairing pairs,
    TextLimits limits,
    boolean inBatchNegatives,
    Unusable unusable) {

  /// What becomes of rows that can be read but not trained on, such as those whose query is its own
  /// positive.
  public enum Unusable {
    /// The first of them ends the run before it starts.
    REFUSE,
    /// They are left out, and a note says how many.
    SKIP
  }

  public DataSource {
    instructions = List.copyOf(instructions);
    check(ratio > 0, "ratio must be above 0, is " + ratio);
    check(
        ratio <= 1 || repeat,
        ("ratio is %s, so that examples would be seen several times an epoch; set repeat to true if"
                + " that is meant, or ratio to 1 at most")
            .formatted(ratio));
    check(weight >= 0, "weight must be at least 0, is " + weight);
    check(
        weight == 0 || ratio == 1,
        "weight is %s beside a ratio of %s; leave one of them out".formatted(weight, ratio));
    check(
        instructions.isEmpty() || instruction.isEmpty(),
        "instructions are given beside an instruction; leave one of them out");
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  /// The whole of a file as it is written, without an instruction of its own.
  public static DataSource defaults() {
    return new DataSource(
        Path.of("train.jsonl"),
        1.0,
        0,
        false,
        "",
        List.of(),
        false,
        Pairing.AsWritten.defaults(),
        TextLimits.defaults(),
        true,
        Unusable.REFUSE);
  }

  /// The examples of a row, with the ids that they keep whatever they look like in a batch.
  ///
  /// @throws io.alidade.core.DataException if it cannot be read
  public List<Example> examples(JsonLine row) {
    TaskKind kind = symmetric ? TaskKind.STS : pairs.kind();
    return pairs.examples(
        row, new TrainingDefaults(choice().getFirst(), kind, TrainingDefaults.LANGUAGE));
  }

  /// The instructions of lines that name none.
  List<String> choice() {
    return instructions.isEmpty() ? List.of(instruction) : instructions;
  }

  /// The instructions of which each epoch takes one for an example.
  List<String> choice(Example example) {
    return example.instruction().equals(choice().getFirst())
        ? choice()
        : List.of(example.instruction());
  }
}
