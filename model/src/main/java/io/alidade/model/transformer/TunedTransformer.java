package io.alidade.model.transformer;

import io.alidade.model.TransformerConfig;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.List;
import java.util.SequencedMap;

/// A transformer as it is tuned so far, adapters beside its weights and not merged into them, so
/// that a model can be looked at while it is trained. Closing it closes nothing.
public record TunedTransformer(Transformer transformer, TrainedWeights trained)
    implements Transformer {

  @Override
  public TransformerConfig config() {
    return transformer.config();
  }

  @Override
  public DType dtype() {
    return transformer.dtype();
  }

  @Override
  public long parameters() {
    return transformer.parameters();
  }

  @Override
  public PackedTokens pack(List<int[]> sequences) {
    return transformer.pack(sequences);
  }

  @Override
  public Tensor lastStates(PackedTokens packed) {
    try (var scope = TensorScope.open();
        TrainingPass pass = transformer.trainLast(packed, trained, PassSettings.STATES)) {
      return scope.keep(pass.output().copy());
    }
  }

  @Override
  public Tensor allStates(PackedTokens packed) {
    try (var scope = TensorScope.open();
        TrainingPass pass = transformer.trainAll(packed, trained, PassSettings.STATES)) {
      return scope.keep(pass.output().copy());
    }
  }

  @Override
  public TrainingPass trainLast(PackedTokens packed, TrainedWeights others, PassSettings settings) {
    return transformer.trainLast(packed, others, settings);
  }

  @Override
  public TrainingPass trainAll(PackedTokens packed, TrainedWeights others, PassSettings settings) {
    return transformer.trainAll(packed, others, settings);
  }

  @Override
  public List<FullWeights.Weight> trainable() {
    return transformer.trainable();
  }

  @Override
  public List<FusedMap> linearMaps() {
    return transformer.linearMaps();
  }

  @Override
  public void merge(LoraAdapter lora) {
    transformer.merge(lora);
  }

  @Override
  public SequencedMap<String, Tensor> weights() {
    return transformer.weights();
  }

  @Override
  public void close() {}
}
