package io.alidade.model.transformer;

import io.alidade.tensor.Tensor;
import java.util.Optional;

/// What is trained of a transformer, with the dropout of one pass.
public record PassTuning(TrainedWeights trained, Dropout dropout) {

  public static PassTuning of(TrainedWeights trained, PassSettings settings) {
    return new PassTuning(trained, new Dropout(trained.dropout(), settings.dropoutSeed()));
  }

  public MapTuning of(FusedLinear linear) {
    return trained.map(linear.map(), dropout);
  }

  /// As [TrainedWeights#gradient].
  public Optional<Tensor> gradient(String weight) {
    return trained.gradient(weight);
  }
}
