package io.alidade.model.decoder;

import io.alidade.model.DecoderConfig;
import io.alidade.model.rope.RopeConfig;
import io.alidade.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// The linear maps of a decoder, by their Hugging Face names, and how they are fused: maps that
/// read the same input become one product.
///
/// # Implementation note
///
/// The rows of the query's and key's weights are reordered on loading, within each head, and back
/// on writing: see [RotaryOrder].
public final class LinearMaps {
  /// A weight `[outputs, inputs]` of several parts, one below the other.
  ///
  /// @param bias whether every part has a bias
  public record Fused(String name, int inputs, boolean bias, List<Part> parts) {
    public Fused {
      parts = List.copyOf(parts);
    }

    /// The name under which files that fuse maps hold this one: `layers.0.self_attn.qkv_proj`.
    public String storedName() {
      return parts.size() == 1 ? name : name + "_proj";
    }

    public int outputs() {
      return parts.stream().mapToInt(Part::outputs).sum();
    }
  }

  /// One linear map.
  ///
  /// @param name its Hugging Face name, such as `layers.0.self_attn.q_proj`
  /// @param rotated whether its outputs are rotated, so that its rows are reordered
  public record Part(String name, int outputs, boolean rotated) {

    /// Rows in the decoder's order, from rows in Hugging Face order: `[outputs, n]`.
    public Tensor toRotaryOrder(Tensor rows, DecoderConfig config) {
      return rotated ? RotaryOrder.toRotary(rows, config.headDim(), rotatedDims(config)) : rows;
    }

    /// Rows in Hugging Face order, from rows in the decoder's order: `[outputs, n]`.
    public Tensor toHuggingFaceOrder(Tensor rows, DecoderConfig config) {
      return rotated
          ? RotaryOrder.toHuggingFace(rows, config.headDim(), rotatedDims(config))
          : rows;
    }
  }

  private LinearMaps() {}

  /// How many values of each head are rotated; layers do not differ in that.
  static int rotatedDims(DecoderConfig config) {
    return config.ropes().stream().mapToInt(RopeConfig::dims).max().orElse(config.headDim());
  }

  /// The fused maps of all layers, in the order of the forward pass.
  public static List<Fused> of(DecoderConfig config) {
    var maps = new ArrayList<Fused>();
    for (int layer = 0; layer < config.layers(); layer++) {
      maps.add(queryKeyValue(config, layer));
      maps.add(attentionOutput(config, layer));
      maps.add(gateUp(config, layer));
      maps.add(down(config, layer));
    }
    return maps;
  }

  static Fused queryKeyValue(DecoderConfig config, int layer) {
    String prefix = "layers." + layer + ".self_attn.";
    int queries = config.heads() * config.headDim();
    int keys = config.keyHeads() * config.headDim();
    return new Fused(
        prefix + "qkv",
        config.hidden(),
        config.attention().inputBias(),
        List.of(
            new Part(prefix + "q_proj", queries, true),
            new Part(prefix + "k_proj", keys, true),
            new Part(prefix + "v_proj", keys, false)));
  }

  static Fused attentionOutput(DecoderConfig config, int layer) {
    String name = "layers." + layer + ".self_attn.o_proj";
    return new Fused(
        name,
        config.heads() * config.headDim(),
        config.attention().outputBias(),
        List.of(new Part(name, config.hidden(), false)));
  }

  static Fused gateUp(DecoderConfig config, int layer) {
    String prefix = "layers." + layer + ".mlp.";
    return new Fused(
        prefix + "gate_up",
        config.hidden(),
        config.feedForwardBias(),
        List.of(
            new Part(prefix + "gate_proj", config.intermediate(), false),
            new Part(prefix + "up_proj", config.intermediate(), false)));
  }

  static Fused down(DecoderConfig config, int layer) {
    String name = "layers." + layer + ".mlp.down_proj";
    return new Fused(
        name,
        config.intermediate(),
        config.feedForwardBias(),
        List.of(new Part(name, config.hidden(), false)));
  }
}
