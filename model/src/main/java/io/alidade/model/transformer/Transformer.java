package io.alidade.model.transformer;

import io.alidade.model.TransformerConfig;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import java.util.List;
import java.util.SequencedMap;

/// A language model without its head: packed token ids in, hidden states out. [TrainedWeights] are
/// trained: [LoraAdapter]s beside its weights, or these themselves.
///
/// Reading is safe from several threads; [#merge] is not.
public interface Transformer extends AutoCloseable {

  TransformerConfig config();

  DType dtype();

  /// How many weights there are, embeddings included.
  long parameters();

  /// Whether the matrices stay in their files and are converted at each use, so that they can
  /// neither be merged with an adapter nor given back.
  default boolean mapped() {
    return false;
  }

  /// Packs sequences as this model can compute them: prefixes are shared where their states allow
  /// it.
  PackedTokens pack(List<int[]> sequences);

  /// The hidden state of each sequence's last token, in the sequences' order: `[sequences,
  /// hidden]`.
  Tensor lastStates(PackedTokens packed);

  /// The hidden state of each row: `[rows, hidden]`.
  Tensor allStates(PackedTokens packed);

  /// As [#lastStates] in training, ready to be run backwards. The pass must be closed, within the
  /// scope that is open now.
  TrainingPass trainLast(PackedTokens packed, TrainedWeights trained, PassSettings settings);

  /// As [#allStates] in training, ready to be run backwards. The pass must be closed, within the
  /// scope that is open now.
  TrainingPass trainAll(PackedTokens packed, TrainedWeights trained, PassSettings settings);

  /// As [#trainLast(PackedTokens, TrainedWeights, PassSettings)] with the usual settings.
  default TrainingPass trainLast(PackedTokens packed, TrainedWeights trained, long dropoutSeed) {
    return trainLast(packed, trained, PassSettings.of(dropoutSeed));
  }

  /// As [#trainAll(PackedTokens, TrainedWeights, PassSettings)] with the usual settings.
  default TrainingPass trainAll(PackedTokens packed, TrainedWeights trained, long dropoutSeed) {
    return trainAll(packed, trained, PassSettings.of(dropoutSeed));
  }

  /// The weights that [FullWeights] train: all that states depend on. They belong to the
  /// transformer, which must not be mapped.
  List<FullWeights.Weight> trainable();

  /// The linear maps that adapters adapt, in the order of the forward pass.
  List<FusedMap> linearMaps();

  /// Adds the adapter to the weights for good.
  void merge(LoraAdapter lora);

  /// All weights by Hugging Face name, in Hugging Face order, into the current scope.
  SequencedMap<String, Tensor> weights();

  @Override
  void close();
}
