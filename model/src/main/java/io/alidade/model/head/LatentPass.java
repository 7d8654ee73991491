package io.alidade.model.head;

import io.alidade.model.transformer.TrainingPass;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.stream.Stream;

/// A training pass whose states go through a [LatentAttention] that is trained with it.
final class LatentPass implements TrainingPass {
  private final TrainingPass states;
  private final TrainedLatents latents;
  private final LatentLayer layer;
  private final Tensor keyValue;
  private final LatentLayer.Forward forward;

  /// The forward pass. What it keeps belongs to the scope that is open now.
  ///
  /// @param states owned from now on
  LatentPass(TrainingPass states, TrainedLatents latents) {
    this.states = states;
    this.latents = latents;
    this.layer = new LatentLayer(latents.values());
    try (var scope = TensorScope.open()) {
      this.keyValue = scope.keep(layer.keyValue());
      this.forward = layer.forward(states.output(), keyValue);
      scope.keep(forward.output());
      scope.keep(forward.saved().query());
      scope.keep(forward.saved().attended());
      scope.keep(forward.saved().sum());
      scope.keep(forward.saved().wide());
    }
  }

  @Override
  public Tensor output() {
    return forward.output();
  }

  @Override
  public void backward(Tensor gradientOutput) {
    try (var _ = TensorScope.open()) {
      states.backward(
          layer.backward(
              gradientOutput, states.output(), keyValue, forward.saved(), latents.gradients()));
    }
  }

  @Override
  public long keptBytes() {
    LatentLayer.Saved saved = forward.saved();
    return states.keptBytes()
        + Stream.of(forward.output(), saved.query(), saved.attended(), saved.sum(), saved.wide())
            .mapToLong(Tensor::bytes)
            .sum();
  }

  @Override
  public void close() {
    states.close();
  }
}
