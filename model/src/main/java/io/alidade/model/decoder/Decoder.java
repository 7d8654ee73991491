package io.alidade.model.decoder;

import io.alidade.model.DecoderConfig;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.rope.RopeConfig;
import io.alidade.model.weights.WeightSource;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.SequencedMap;

/// A decoder without its language-modelling head: packed token ids in, normalised hidden states
/// out. Weights are frozen; [LoraAdapter]s train beside them.
///
/// Reading is safe from several threads; [#merge] is not.
public final class Decoder implements AutoCloseable {
  private final DecoderConfig config;
  private final DType dtype;
  private final Tensor embeddings;
  private final List<DecoderLayer> layers;
  private final RmsNorm norm;

  private Decoder(
      DecoderConfig config,
      DType dtype,
      Tensor embeddings,
      List<DecoderLayer> layers,
      RmsNorm norm) {
    this.config = config;
    this.dtype = dtype;
    this.embeddings = embeddings;
    this.layers = layers;
    this.norm = norm;
  }

  /// Loads all weights in the given type.
  public static Decoder load(DecoderConfig config, WeightSource stored, DType dtype) {
    var weights =
        new CheckedWeights(
            config.fusedMaps() ? new FusedMapWeights(stored, config) : stored, dtype);
    try (var scope = TensorScope.open()) {
      var layers = new ArrayList<DecoderLayer>();
      for (int layer = 0; layer < config.layers(); layer++) {
        layers.add(new LayerLoader(config, weights, layer).load());
      }
      Tensor embeddings =
          scope.release(weights.read("embed_tokens.weight", config.vocabulary(), config.hidden()));
      return new Decoder(
          config,
          dtype,
          embeddings,
          layers,
          RmsNorm.load(weights, "norm", config.hidden(), config.norms()));
    }
  }

  public DecoderConfig config() {
    return config;
  }

  /// How many weights there are, embeddings included.
  public long parameters() {
    try (var _ = TensorScope.open()) {
      return weights().values().stream().mapToLong(w -> Tensor.elements(w.shape())).sum();
    }
  }

  public DType dtype() {
    return dtype;
  }

  /// The normalised hidden state of each sequence's last token, in the sequences' order:
  /// `[sequences, hidden]`.
  public Tensor lastStates(PackedTokens packed) {
    try (var scope = TensorScope.open()) {
      SelfAttention.Batch batch = batch(packed);
      Tensor x = embed(packed);
      for (DecoderLayer layer : layers.subList(0, layers.size() - 1)) {
        try (var _ = TensorScope.open()) {
          layer.forward(x, batch);
        }
      }
      return scope.keep(norm.forward(layers.getLast().forwardLast(x, batch)));
    }
  }

  /// The normalised hidden state of each row: `[rows, hidden]`.
  public Tensor allStates(PackedTokens packed) {
    try (var scope = TensorScope.open()) {
      SelfAttention.Batch batch = batch(packed);
      Tensor x = embed(packed);
      for (DecoderLayer layer : layers) {
        try (var _ = TensorScope.open()) {
          layer.forward(x, batch);
        }
      }
      return scope.keep(norm.forward(x));
    }
  }

  /// Packs sequences as this decoder can compute them: prefixes are shared where their states allow
  /// it.
  public PackedTokens pack(List<int[]> sequences) {
    return config.sharesPrefixes()
        ? PackedTokens.of(sequences)
        : PackedTokens.withoutSharing(sequences);
  }

  /// As [#lastStates] with an adapter, ready to be run backwards. The pass must be closed, within
  /// the scope that is open now.
  public TrainingPass train(PackedTokens packed, LoraAdapter lora, long dropoutSeed) {
    return new TrainingPass(this, packed, lora, dropoutSeed);
  }

  /// Adds the adapter to the weights for good.
  public void merge(LoraAdapter lora) {
    try (var _ = TensorScope.open()) {
      layers.forEach(layer -> layer.merge(lora));
    }
  }

  /// All weights by Hugging Face name, in Hugging Face order, into the current scope.
  public SequencedMap<String, Tensor> weights() {
    return new StoredWeights(config).of(embeddings, layers, norm);
  }

  List<DecoderLayer> layers() {
    return layers;
  }

  RmsNorm norm() {
    return norm;
  }

  SelfAttention.Batch batch(PackedTokens packed) {
    var rotations = new HashMap<RopeConfig, Tensor>();
    for (RopeConfig rope : config.ropes()) {
      rotations.put(rope, RotaryEmbedding.rotations(packed, rope, dtype));
    }
    return new SelfAttention.Batch(new AttentionPlan(packed), rotations);
  }

  Tensor embed(PackedTokens packed) {
    Tensor rows = embeddings.rows(Tensor.of(packed.ids()));
    return config.embeddingScale() == 1 ? rows : rows.timesInPlace(config.embeddingScale());
  }

  @Override
  public void close() {
    embeddings.close();
    layers.forEach(DecoderLayer::close);
    norm.close();
  }
}
