package io.alidade.model.decoder;

import io.alidade.model.DecoderConfig;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.weights.WeightSource;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// A Llama-family decoder without its language-modelling head: packed token ids in, normalised
/// hidden states out. Weights are frozen; [LoraAdapter]s train beside them.
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
  public static Decoder load(DecoderConfig config, WeightSource weights, DType dtype) {
    try (var scope = TensorScope.open()) {
      var layers = new ArrayList<DecoderLayer>();
      for (int layer = 0; layer < config.layers(); layer++) {
        layers.add(new LayerLoader(config, weights, dtype, layer).load());
      }
      Tensor embeddings = scope.release(weights.tensor("embed_tokens.weight", dtype));
      Tensor norm = scope.release(weights.tensor("norm.weight", dtype));
      return new Decoder(
          config, dtype, embeddings, layers, new RmsNorm(norm, config.rmsNormEpsilon()));
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
      DecoderLayer.Batch batch = batch(packed);
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
      DecoderLayer.Batch batch = batch(packed);
      Tensor x = embed(packed);
      for (DecoderLayer layer : layers) {
        try (var _ = TensorScope.open()) {
          layer.forward(x, batch);
        }
      }
      return scope.keep(norm.forward(x));
    }
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
    var result = new LinkedHashMap<String, Tensor>();
    result.put("embed_tokens.weight", embeddings);
    for (int i = 0; i < layers.size(); i++) {
      DecoderLayer layer = layers.get(i);
      String prefix = "layers." + i + ".";
      result.put(prefix + "input_layernorm.weight", layer.norm().weight());
      putParts(result, layer.queryKeyValue());
      putParts(result, layer.attentionOutput());
      result.put(prefix + "post_attention_layernorm.weight", layer.mlp().norm().weight());
      putParts(result, layer.mlp().gateUp());
      putParts(result, layer.mlp().down());
    }
    result.put("norm.weight", norm.weight());
    return result;
  }

  private void putParts(SequencedMap<String, Tensor> result, FusedLinear linear) {
    long row = 0;
    for (LinearMaps.Part part : linear.map().parts()) {
      Tensor rows = linear.weight().narrow(0, row, part.outputs());
      result.put(part.name() + ".weight", part.toHuggingFaceOrder(rows, config));
      row += part.outputs();
    }
  }

  List<DecoderLayer> layers() {
    return layers;
  }

  RmsNorm norm() {
    return norm;
  }

  DecoderLayer.Batch batch(PackedTokens packed) {
    return new DecoderLayer.Batch(
        new AttentionPlan(packed), RotaryEmbedding.rotations(packed.positions(), config, dtype));
  }

  Tensor embed(PackedTokens packed) {
    return embeddings.rows(Tensor.of(packed.ids()));
  }

  @Override
  public void close() {
    embeddings.close();
    layers.forEach(DecoderLayer::close);
    norm.close();
  }
}
