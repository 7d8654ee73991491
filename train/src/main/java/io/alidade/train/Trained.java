package io.alidade.train;

import io.alidade.model.head.TrainedLatents;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// All that a run trains. Each part has its values in one vector and its gradients in another.
///
/// @param latents behind the transformer
/// @param classifier the objective's own
public record Trained(
    LoraAdapter lora, Optional<TrainedLatents> latents, Optional<TrainedClassifier> classifier)
    implements AutoCloseable {

  /// An adapter alone.
  public static Trained of(LoraAdapter lora) {
    return new Trained(lora, Optional.empty(), Optional.empty());
  }

  /// The trained values, a vector a part.
  public List<Tensor> parameters() {
    var vectors = new ArrayList<Tensor>();
    vectors.add(lora.parameters());
    latents.ifPresent(layer -> vectors.add(layer.values().flat()));
    classifier.ifPresent(own -> vectors.add(own.values()));
    return vectors;
  }

  /// Those of [#parameters] that weight decay is for, sharing memory with them: the matrices of
  /// linear maps, and neither norms nor biases nor latents.
  public List<Tensor> decayed() {
    var matrices = new ArrayList<Tensor>();
    matrices.add(lora.parameters());
    latents.ifPresent(layer -> matrices.addAll(layer.values().matrices()));
    classifier.ifPresent(own -> matrices.add(own.matrix()));
    return matrices;
  }

  /// The gradients of [#parameters], to which backward passes add.
  public List<Tensor> gradients() {
    var vectors = new ArrayList<Tensor>();
    vectors.add(lora.gradients());
    latents.ifPresent(layer -> vectors.add(layer.gradients().flat()));
    classifier.ifPresent(own -> vectors.add(own.gradient()));
    return vectors;
  }

  public void clearGradients() {
    gradients().forEach(vector -> vector.fill(0));
  }

  /// Adds another's gradients to these, as far as it has the same parts.
  void addGradients(Trained other) {
    List<Tensor> added = other.gradients();
    List<Tensor> sums = gradients();
    for (int i = 0; i < added.size(); i++) {
      sums.get(i).add(added.get(i));
    }
  }

  /// The same values with gradients of their own, for a thread of its own: of all that vectors
  /// depend on, so without the classifier. They must be closed before these are.
  Trained withOwnGradients() {
    return new Trained(
        lora.withOwnGradients(), latents.map(TrainedLatents::withOwnGradients), Optional.empty());
  }

  @Override
  public void close() {
    lora.close();
    latents.ifPresent(TrainedLatents::close);
    classifier.ifPresent(TrainedClassifier::close);
  }
}
