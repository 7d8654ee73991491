package io.alidade.train.batch;

/// How examples are put together.
///
/// @param examples queries a step
/// @param hardNegatives how many of an example's own negatives to use; 0 for in-batch only
/// @param homogeneous what the examples of a batch have in common
public record BatchConfig(int examples, int hardNegatives, Homogeneous homogeneous) {

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

  public BatchConfig {
    if (examples < 2) {
      throw new IllegalArgumentException(
          "examples must be at least 2, since a lone query has no in-batch negative, is "
              + examples);
    }
    if (hardNegatives < 0) {
      throw new IllegalArgumentException("hardNegatives must be at least 0, is " + hardNegatives);
    }
  }

  /// The paper's: 2048 examples with one hard negative each.
  public static BatchConfig defaults() {
    return new BatchConfig(2048, 1, Homogeneous.KIND);
  }
}
