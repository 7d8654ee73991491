package io.alidade.model.decoder;

import io.alidade.model.ComputeTypes;
import io.alidade.model.DecoderConfig;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.transformer.Batch;
import io.alidade.model.transformer.CheckedWeights;
import io.alidade.model.transformer.FullWeights;
import io.alidade.model.transformer.FusedMap;
import io.alidade.model.transformer.PackedTokens;
import io.alidade.model.transformer.PassSettings;
import io.alidade.model.transformer.TrainedWeights;
import io.alidade.model.transformer.TrainingPass;
import io.alidade.model.transformer.Transformer;
import io.alidade.model.weights.WeightSource;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// A decoder without its language-modelling head. Its states are those behind the last
/// normalisation.
public final class Decoder implements Transformer {
  private final DecoderConfig config;
  private final DType dtype;
  private final TokenRows embeddings;
  private final List<DecoderLayer> layers;
  private final RmsNorm norm;
  private final Optional<WeightSource> mapped;

  private Decoder(
      DecoderConfig config,
      CheckedWeights weights,
      TokenRows embeddings,
      Optional<WeightSource> mapped) {
    this.config = config;
    this.dtype = weights.dtype();
    this.embeddings = embeddings;
    this.mapped = mapped;
    this.layers = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      layers.add(new LayerLoader(config, weights, layer, mapped.isPresent()).load());
    }
    this.norm = RmsNorm.load(weights, "norm", config.hidden(), config.norms());
  }

  /// Loads all weights in the given type. The source may be closed afterwards.
  public static Decoder load(DecoderConfig config, WeightSource stored, DType dtype) {
    return load(config, stored, ComputeTypes.of(dtype));
  }

  /// Loads all weights. The source may be closed afterwards.
  public static Decoder load(DecoderConfig config, WeightSource stored, ComputeTypes types) {
    CheckedWeights weights = checked(config, stored, types);
    try (var scope = TensorScope.open()) {
      Tensor read = weights.read(TokenRows.NAME, config.vocabulary(), config.hidden());
      Tensor rows = scope.release(read.to(types.matrices()));
      var embeddings = new TokenRows.Held(rows, types.states());
      return new Decoder(config, weights, embeddings, Optional.empty());
    }
  }

  /// A decoder whose matrices stay in their files and are converted to the given type block by
  /// block at each use: for models of which memory could not hold all weights in that type. It can
  /// embed and be trained with an adapter, but neither be merged with one nor give its weights
  /// back.
  ///
  /// @param stored owned by the decoder from now on, unless this call fails
  public static Decoder map(DecoderConfig config, WeightSource stored, DType dtype) {
    CheckedWeights weights = checked(config, stored, ComputeTypes.of(dtype));
    try (var _ = TensorScope.open()) {
      return new Decoder(
          config, weights, new TokenRows.Mapped(weights, config), Optional.of(stored));
    }
  }

  private static CheckedWeights checked(
      DecoderConfig config, WeightSource stored, ComputeTypes types) {
    return new CheckedWeights(
        config.fusedMaps() ? new FusedMapWeights(stored, config) : stored, types);
  }

  /// Weights that a file of this shape has: the embeddings, and some from its end.
  public static List<String> landmarks(DecoderConfig config) {
    String last = LinearMaps.down(config, config.layers() - 1).name();
    return List.of(TokenRows.NAME, last + ".weight", "norm.weight");
  }

  @Override
  public DecoderConfig config() {
    return config;
  }

  @Override
  public long parameters() {
    return LinearMaps.parameters(config);
  }

  @Override
  public boolean mapped() {
    return mapped.isPresent();
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
      forward(x, batch, layers.size() - 1);
      return scope.keep(norm.forward(layers.getLast().forwardLast(x, batch)));
    }
  }

  @Override
  public Tensor allStates(PackedTokens packed) {
    try (var scope = TensorScope.open()) {
      Batch batch = batch(packed);
      Tensor x = embed(packed);
      forward(x, batch, layers.size());
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
  public TrainingPass trainLast(
      PackedTokens packed, TrainedWeights trained, PassSettings settings) {
    return new DecoderPass(this, packed, trained, settings, true);
  }

  @Override
  public TrainingPass trainAll(PackedTokens packed, TrainedWeights trained, PassSettings settings) {
    return new DecoderPass(this, packed, trained, settings, false);
  }

  @Override
  public List<FusedMap> linearMaps() {
    return LinearMaps.of(config);
  }

  /// Adds the adapter to the weights for good, which must be loaded and not mapped.
  @Override
  public void merge(LoraAdapter lora) {
    try (var _ = TensorScope.open()) {
      layers.stream().skip(lora.config().firstLayer()).forEach(layer -> layer.merge(lora));
    }
  }

  /// All weights by Hugging Face name, in Hugging Face order, into the current scope. They must be
  /// loaded and not mapped.
  @Override
  public SequencedMap<String, Tensor> weights() {
    return new StoredWeights(config).of(embeddings.held(), layers, norm);
  }

  @Override
  public List<FullWeights.Weight> trainable() {
    var weights = new ArrayList<FullWeights.Weight>();
    weights.add(new FullWeights.Weight(TokenRows.NAME, embeddings.held(), false));
    layers.forEach(layer -> weights.addAll(layer.trainable()));
    weights.add(norm.trainable());
    return weights;
  }

  List<DecoderLayer> layers() {
    return layers;
  }

  RmsNorm norm() {
    return norm;
  }

  /// Runs the lowest layers over `x`, `[rows, hidden]`, which is overwritten.
  void forward(Tensor x, Batch batch, int count) {
    for (DecoderLayer layer : layers.subList(0, count)) {
      try (var _ = TensorScope.open()) {
        layer.forward(x, batch);
      }
    }
  }

  Batch batch(PackedTokens packed) {
    return Batch.of(packed, config.ropes(), dtype);
  }

  Tensor embed(PackedTokens packed) {
    Tensor rows = embeddings.of(packed.ids());
    return config.embeddingScale() == 1 ? rows : rows.timesInPlace(config.embeddingScale());
  }

  @Override
  public void close() {
    embeddings.close();
    layers.forEach(DecoderLayer::close);
    norm.close();
    mapped.ifPresent(WeightSource::close);
  }
}
