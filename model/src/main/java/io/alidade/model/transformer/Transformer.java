package io.alidade.model.transformer;

import io.alidade.model.TransformerConfig;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import java.util.List;
import java.util.SequencedMap;

/// A language model without its head: packed token ids in, hidden states out. Weights are frozen;
/// [LoraAdapter]s train beside them.
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

  /// As [#lastStates] with an adapter, ready to be run backwards. The pass must be closed, within
  /// the scope that is open now.
  TrainingPass trainLast(PackedTokens packed, LoraAdapter lora, long dropoutSeed);

  /// As [#allStates] with an adapter, ready to be run backwards. The pass must be closed, within
  /// the scope that is open now.
  TrainingPass trainAll(PackedTokens packed, LoraAdapter lora, long dropoutSeed);

  /// The linear maps that adapters adapt, in the order of the forward pass.
  List<FusedMap> linearMaps();

  /// Adds the adapter to the weights for good.
  void merge(LoraAdapter lora);

  /// All weights by Hugging Face name, in Hugging Face order, into the current scope.
  SequencedMap<String, Tensor> weights();

  @Override
  void close();
}
