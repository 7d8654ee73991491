package io.alidade.model.encoder;

import io.alidade.model.ComputeTypes;
import io.alidade.model.EncoderConfig;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.transformer.Batch;
import io.alidade.model.transformer.CheckedWeights;
import io.alidade.model.transformer.FullWeights;
import io.alidade.model.transformer.FusedMap;
import io.alidade.model.transformer.LayerNorm;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// An encoder without any head.
///
/// @see <a href="https://arxiv.org/abs/1810.04805">Devlin et al., BERT, 2019</a>
/// @see <a href="https://arxiv.org/abs/2412.13663">Warner et al., ModernBERT, 2024</a>
public final class Encoder implements Transformer {
  /// BERT's head over the first token is not used, but kept for whoever reads the weights next.
  private static final List<String> CARRIED = List.of("pooler.dense.weight", "pooler.dense.bias");

  /// A layer is a block of attention and one of feed-forward.
  static final int BLOCKS_A_LAYER = 2;

  private final EncoderConfig config;
  private final DType dtype;
  private final EncoderEmbeddings embeddings;
  private final List<EncoderBlock> blocks;
  private final Optional<LayerNorm> last;
  private final Map<String, Tensor> carried;

  private Encoder(
      EncoderConfig config,
      DType dtype,
      EncoderEmbeddings embeddings,
      List<EncoderBlock> blocks,
      Optional<LayerNorm> last,
      Map<String, Tensor> carried) {
    this.config = config;
    this.dtype = dtype;
    this.embeddings = embeddings;
    this.blocks = List.copyOf(blocks);
    this.last = last;
    this.carried = carried;
  }

  /// Loads all weights in the given type.
  public static Encoder load(EncoderConfig config, WeightSource stored, DType dtype) {
    return load(config, stored, ComputeTypes.of(dtype));
  }

  /// Loads all weights.
  public static Encoder load(EncoderConfig config, WeightSource stored, ComputeTypes types) {
    var weights = new CheckedWeights(stored, types);
    var loader = new EncoderLoader(config, weights);
    try (var scope = TensorScope.open()) {
      List<EncoderBlock> blocks = loader.blocks();
      var carried = new LinkedHashMap<String, Tensor>();
      for (String name : CARRIED) {
        if (stored.names().contains(name)) {
          carried.put(name, scope.release(weights.read(name, stored.shape(name))));
        }
      }
      return new Encoder(
          config,
          types.states(),
          EncoderEmbeddings.load(config, weights),
          blocks,
          loader.last(),
          carried);
    }
  }

  /// Weights that a file of this shape has: the embeddings, and one from its end.
  public static List<String> landmarks(EncoderConfig config) {
    String last = new EncoderMaps(config).feedForwardOutput(config.layers() - 1).name();
    return List.of(EncoderNames.of(config).words(), last + ".weight");
  }

  @Override
  public EncoderConfig config() {
    return config;
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
  public long parameters() {
    try (var _ = TensorScope.open()) {
      return weights().values().stream().mapToLong(w -> Tensor.elements(w.shape())).sum();
    }
  }

  /// Without sharing, since a token's state depends on those behind it.
  @Override
  public PackedTokens pack(List<int[]> sequences) {
    return PackedTokens.withoutSharing(sequences);
  }

  @Override
  public Tensor lastStates(PackedTokens packed) {
    try (var scope = TensorScope.open()) {
      Batch batch = batch(packed);
      return scope.keep(states(packed, batch).rows(batch.plan().rowsOfLast()));
    }
  }

  @Override
  public Tensor allStates(PackedTokens packed) {
    try (var scope = TensorScope.open()) {
      return scope.keep(states(packed, batch(packed)));
    }
  }

  private Tensor states(PackedTokens packed, Batch batch) {
    Tensor x = embeddings.forward(packed);
    forward(x, batch, blocks.size());
    return last.map(norm -> norm.forward(x)).orElse(x);
  }

  @Override
  public TrainingPass trainLast(
      PackedTokens packed, TrainedWeights trained, PassSettings settings) {
    return new EncoderPass(this, packed, trained, settings, true);
  }

  @Override
  public TrainingPass trainAll(PackedTokens packed, TrainedWeights trained, PassSettings settings) {
    return new EncoderPass(this, packed, trained, settings, false);
  }

  @Override
  public List<FusedMap> linearMaps() {
    return linearMaps(config);
  }

  /// The linear maps of an encoder of this shape, in the order of the forward pass.
  public static List<FusedMap> linearMaps(EncoderConfig config) {
    return new EncoderMaps(config).all();
  }

  /// Without what is carried, on which no state depends.
  @Override
  public List<FullWeights.Weight> trainable() {
    var weights = new ArrayList<>(embeddings.trainable());
    blocks.forEach(block -> weights.addAll(block.trainable()));
    last.ifPresent(norm -> weights.addAll(norm.trainable()));
    return weights;
  }

  @Override
  public void merge(LoraAdapter lora) {
    try (var _ = TensorScope.open()) {
      blocks.stream()
          .skip((long) lora.config().firstLayer() * BLOCKS_A_LAYER)
          .forEach(block -> block.merge(lora));
    }
  }

  @Override
  public SequencedMap<String, Tensor> weights() {
    var weights = new LinkedHashMap<String, Tensor>();
    embeddings.store(weights);
    blocks.forEach(block -> block.store(weights));
    last.ifPresent(norm -> norm.store(weights));
    weights.putAll(carried);
    return weights;
  }

  List<EncoderBlock> blocks() {
    return blocks;
  }

  Optional<LayerNorm> last() {
    return last;
  }

  /// Runs the lowest blocks over `x`, `[rows, hidden]`, which is overwritten.
  void forward(Tensor x, Batch batch, int count) {
    for (EncoderBlock block : blocks.subList(0, count)) {
      try (var _ = TensorScope.open()) {
        block.forward(x, batch);
      }
    }
  }

  Batch batch(PackedTokens packed) {
    return Batch.of(packed, config.ropes(), dtype);
  }

  EncoderEmbeddings embeddings() {
    return embeddings;
  }

  @Override
  public void close() {
    embeddings.close();
    blocks.forEach(EncoderBlock::close);
    last.ifPresent(LayerNorm::close);
    carried.values().forEach(Tensor::close);
  }
}
