package io.alidade.train.objective;

import io.alidade.core.Example;
import java.util.Optional;

/// A loss over the vectors of a batch, as a recipe names it.
public sealed interface Objective
    permits InfoNce,
        CoSent,
        Angle,
        Distillation,
        MarginMse,
        CosineMse,
        Triplet,
        Softmax,
        Matryoshka {

  /// The loss of a batch, and its gradient.
  ///
  /// @param value the mean over the queries, where the objective is one
  /// @param gradient with respect to all that the loss is a function of
  record Loss(double value, Vectors gradient) {}

  /// What an objective does with an example's hard negatives.
  enum HardNegatives {
    /// Nothing: they are not embedded.
    UNUSED,
    USED,
    /// Without any it is no loss.
    NEEDED
  }

  /// Computes the loss and its gradient.
  ///
  /// @param vectors of length 1
  /// @param relation what the vectors are those of
  Loss compute(Vectors vectors, Relation relation);

  HardNegatives hardNegatives();

  /// Why an example cannot be trained on, in words that follow its place; nothing if it can.
  Optional<String> refusal(Example example);

  /// The classifier that is trained with the model, of vectors of this width; mostly none.
  default Optional<ClassifierShape> classifier(int hidden) {
    return Optional.empty();
  }
}
