package io.alidade.train;

import io.alidade.model.head.TrainedLatents;
import io.alidade.model.transformer.TrainedWeights;
import io.alidade.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// All that a run trains. Each part has its values in vectors and its gradients in others.
///
/// @param weights of the transformer, or beside them
/// @param latents behind the transformer
/// @param classifier the objective's own
public record Trained(
    TrainedWeights weights,
    Optional<TrainedLatents> latents,
    Optional<TrainedClassifier> classifier)
    implements AutoCloseable {

  /// Weights alone.
  public static Trained of(TrainedWeights weights) {
    return new Trained(weights, Optional.empty(), Optional.empty());
  }

  /// The trained values.
  public List<Tensor> parameters() {
    var vectors = new ArrayList<>(weights.vectors());
    latents.ifPresent(layer -> vectors.add(layer.values().flat()));
    classifier.ifPresent(own -> vectors.add(own.values()));
    return vectors;
  }

  /// Those of [#parameters] that weight decay is for, sharing memory with them: the matrices of
  /// linear maps, and neither norms nor biases nor latents nor embeddings.
  public List<Tensor> decayed() {
    var matrices = new ArrayList<>(weights.decayed());
    latents.ifPresent(layer -> matrices.addAll(layer.values().matrices()));
    classifier.ifPresent(own -> matrices.add(own.matrix()));
    return matrices;
  }

  /// The gradients of [#parameters], to which backward passes add.
  public List<Tensor> gradients() {
    var vectors = new ArrayList<>(weights.gradientVectors());
    latents.ifPresent(layer -> vectors.add(layer.gradients().flat()));
    classifier.ifPresent(own -> vectors.add(own.gradient()));
    return vectors;
  }

  public void clearGradients() {
    gradients().forEach(vector -> vector.fill(0));
  }

  /// Adds the gradients that a thread has of its own to these, and clears them there.
  void collect(Trained ofThread) {
    weights.collect(ofThread.weights);
    latents.ifPresent(layer -> layer.collect(ofThread.latents.orElseThrow()));
  }

  /// The same values for a thread of its own: of all that vectors depend on, so without the
  /// classifier. They must be closed before these are.
  Trained ofThread() {
    return new Trained(
        weights.ofThread(), latents.map(TrainedLatents::withOwnGradients), Optional.empty());
  }

  @Override
  public void close() {
    weights.close();
    latents.ifPresent(TrainedLatents::close);
    classifier.ifPresent(TrainedClassifier::close);
  }
}
