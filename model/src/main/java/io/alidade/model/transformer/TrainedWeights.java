package io.alidade.model.transformer;

import io.alidade.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// What is trained of a transformer: low-rank adapters beside its linear maps
/// ([io.alidade.model.lora.LoraAdapter]), or its own weights ([FullWeights]). Both are vectors of
/// values, and vectors of gradients to which backward passes add.
public interface TrainedWeights extends AutoCloseable {

  /// The lowest layer that is trained; those below it run as they do without a gradient.
  int firstLayer();

  /// The probability of dropping an input of an adapter; 0 where there is no dropout.
  double dropout();

  /// What of a linear map is trained.
  ///
  /// @param dropout of the pass
  MapTuning map(FusedMap map, Dropout dropout);

  /// The gradient of a weight that is no matrix of a linear map, such as
  /// `layers.0.input_layernorm.weight`; nothing where it is frozen.
  Optional<Tensor> gradient(String weight);

  /// The trained values, in vectors.
  List<Tensor> vectors();

  /// The gradients of [#vectors].
  List<Tensor> gradientVectors();

  /// Those of [#vectors] that weight decay is for: the matrices of linear maps.
  List<Tensor> decayed();

  /// The same values for a thread of its own. They must be closed before these are.
  TrainedWeights ofThread();

  /// Whether threads add to the same gradients, so that their passes must take turns
  /// ([GradientOrder]); else each has its own.
  boolean sharesGradients();

  /// Adds the gradients that a thread has of its own to these, and clears them there.
  void collect(TrainedWeights ofThread);

  @Override
  void close();
}
