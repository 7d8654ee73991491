package io.alidade.model.transformer;

import io.alidade.tensor.Tensor;
import java.util.Optional;

/// What is trained of a transformer, with the dropout of one pass.
public record PassTuning(TrainedWeights trained, Dropout dropout) {

  public static PassTuning of(TrainedWeights trained, PassSettings settings) {
    double rate = settings.dropoutSeed().isPresent() ? trained.dropout() : 0;
    return new PassTuning(trained, new Dropout(rate, settings.dropoutSeed().orElse(0)));
  }

  public MapTuning of(FusedLinear linear) {
    return trained.map(linear.map(), dropout);
  }

  /// As [TrainedWeights#gradient].
  public Optional<Tensor> gradient(String weight) {
    return trained.gradient(weight);
  }
}
