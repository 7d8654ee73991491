package io.alidade.train.batch;

/// How examples are put together.
///
/// @param examples queries a step, at most
/// @param hardNegatives how many of an example's own negatives to use; 0 for in-batch only
/// @param homogeneous what the examples of a batch have in common
/// @param tokens of all texts of a batch, at most; 0 for any number. What is computed is less where
///   texts share a prefix
/// @param duplicates what becomes of examples that share a text
public record BatchConfig(
    int examples, int hardNegatives, Homogeneous homogeneous, int tokens, Duplicates duplicates) {

  /// What becomes of examples whose query, positive or positive's document is one of another's.
  public enum Duplicates {
    /// They may meet; the objective leaves out the negatives that are none.
    MASKED,
    /// They are put into different batches, as far as there are enough others.
    APART
  }

  /// What the examples of a batch have in common.
  public enum Homogeneous {
    /// Any examples meet.
    NONE,
    /// One task kind.
    KIND,
    /// One instruction as far as there are enough examples of it, and one kind in any case. The
    /// instruction is then computed once a batch, and the negatives are harder.
    INSTRUCTION
  }

  /// By examples alone.
  public BatchConfig(int examples, int hardNegatives, Homogeneous homogeneous) {
    this(examples, hardNegatives, homogeneous, 0, Duplicates.MASKED);
  }

  public BatchConfig {
    if (examples < 2) {
      throw new IllegalArgumentException(
          "examples must be at least 2, since a lone query has no in-batch negative, is "
              + examples);
    }
    if (hardNegatives < 0) {
      throw new IllegalArgumentException("hardNegatives must be at least 0, is " + hardNegatives);
    }
    if (tokens < 0) {
      throw new IllegalArgumentException("tokens must be at least 0, is " + tokens);
    }
  }

  /// The paper's: 2048 examples with one hard negative each.
  public static BatchConfig defaults() {
    return new BatchConfig(2048, 1, Homogeneous.KIND);
  }
}
