package io.alidade.model.decoder;

import io.alidade.model.DecoderConfig;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.transformer.Batch;
import io.alidade.model.transformer.CheckedWeights;
import io.alidade.model.transformer.FusedMap;
import io.alidade.model.transformer.PackedTokens;
import io.alidade.model.transformer.TrainingPass;
import io.alidade.model.transformer.Transformer;
import io.alidade.model.weights.WeightSource;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;

/// A decoder without its language-modelling head. Its states are those behind the last
/// normalisation.
public final class Decoder implements Transformer {
  static final String EMBEDDINGS = "embed_tokens.weight";

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
          scope.release(weights.read(EMBEDDINGS, config.vocabulary(), config.hidden()));
      return new Decoder(
          config,
          dtype,
          embeddings,
          layers,
          RmsNorm.load(weights, "norm", config.hidden(), config.norms()));
    }
  }

  /// Weights that a file of this shape has: the embeddings, and some from its end.
  public static List<String> landmarks(DecoderConfig config) {
    String last = LinearMaps.down(config, config.layers() - 1).name();
    return List.of(EMBEDDINGS, last + ".weight", "norm.weight");
  }

  @Override
  public DecoderConfig config() {
    return config;
  }

  @Override
  public long parameters() {
    try (var _ = TensorScope.open()) {
      return weights().values().stream().mapToLong(w -> Tensor.elements(w.shape())).sum();
    }
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
  public Tensor lastStates(PackedTokens packed) {
    try (var scope = TensorScope.open()) {
      Batch batch = batch(packed);
      Tensor x = embed(packed);
      for (DecoderLayer layer : layers.subList(0, layers.size() - 1)) {
        try (var _ = TensorScope.open()) {
          layer.forward(x, batch);
        }
      }
      return scope.keep(norm.forward(layers.getLast().forwardLast(x, batch)));
    }
  }

  @Override
  public Tensor allStates(PackedTokens packed) {
    try (var scope = TensorScope.open()) {
      Batch batch = batch(packed);
      Tensor x = embed(packed);
      for (DecoderLayer layer : layers) {
        try (var _ = TensorScope.open()) {
          layer.forward(x, batch);
        }
      }
      return scope.keep(norm.forward(x));
    }
  }

  @Override
  public PackedTokens pack(List<int[]> sequences) {
    return config.sharesPrefixes()
        ? PackedTokens.of(sequences)
        : PackedTokens.withoutSharing(sequences);
  }

  @Override
  public TrainingPass trainLast(PackedTokens packed, LoraAdapter lora, long dropoutSeed) {
    return new DecoderPass(this, packed, lora, dropoutSeed, true);
  }

  @Override
  public TrainingPass trainAll(PackedTokens packed, LoraAdapter lora, long dropoutSeed) {
    return new DecoderPass(this, packed, lora, dropoutSeed, false);
  }

  @Override
  public List<FusedMap> linearMaps() {
    return LinearMaps.of(config);
  }

  @Override
  public void merge(LoraAdapter lora) {
    try (var _ = TensorScope.open()) {
      layers.forEach(layer -> layer.merge(lora));
    }
  }

  @Override
  public SequencedMap<String, Tensor> weights() {
    return new StoredWeights(config).of(embeddings, layers, norm);
  }

  List<DecoderLayer> layers() {
    return layers;
  }

  RmsNorm norm() {
    return norm;
  }

  Batch batch(PackedTokens packed) {
    return Batch.of(packed, config.ropes(), dtype);
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
