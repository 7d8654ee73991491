package io.alidade.model.head;

/// A [LatentAttention] that is trained: its weights, and the gradients that backward passes add to.
public record TrainedLatents(LatentWeights values, LatentWeights gradients)
    implements AutoCloseable {

  /// Owns the weights from now on.
  public static TrainedLatents of(LatentWeights values) {
    return new TrainedLatents(values, LatentWeights.zeros(values.shape(), values.flat().dtype()));
  }

  /// The same values with gradients of their own, for a thread of its own. They must be closed
  /// before these are.
  public TrainedLatents withOwnGradients() {
    return of(values.view());
  }

  /// Adds the gradients of a thread to these, and clears them there.
  public void collect(TrainedLatents ofThread) {
    gradients.flat().add(ofThread.gradients.flat());
    ofThread.gradients.flat().fill(0);
  }

  @Override
  public void close() {
    values.close();
    gradients.close();
  }
}
