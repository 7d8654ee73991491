package io.alidade.model.decoder;

import io.alidade.model.DecoderConfig;
import io.alidade.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// The linear maps of a Llama-family decoder, by their Hugging Face names, and how they are fused:
/// maps that read the same input become one product.
///
/// # Implementation note
///
/// Hugging Face rotates the first half of a head against the second; the decoder keeps the two
/// values of a pair side by side, so that a rotation is one complex product. The rows of the
/// query's and key's weights are therefore reordered on loading, within each head, and back on
/// writing. Scores do not change: query and key are reordered alike.
public final class LinearMaps {
  /// A weight `[outputs, inputs]` of several parts, one below the other.
  public record Fused(String name, int inputs, List<Part> parts) {
    public Fused {
      parts = List.copyOf(parts);
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
      return rotated ? reorder(rows, config.headDim(), 2, config.headDim() / 2) : rows;
    }

    /// Rows in Hugging Face order, from rows in the decoder's order: `[outputs, n]`.
    public Tensor toHuggingFaceOrder(Tensor rows, DecoderConfig config) {
      return rotated ? reorder(rows, config.headDim(), config.headDim() / 2, 2) : rows;
    }

    private static Tensor reorder(Tensor rows, int headDim, int outer, int inner) {
      long heads = rows.size(0) / headDim;
      return rows.view(heads, outer, inner, rows.size(1))
          .transpose(1, 2)
          .reshape(rows.size(0), rows.size(1));
    }
  }

  private LinearMaps() {}

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
        List.of(
            new Part(prefix + "q_proj", queries, true),
            new Part(prefix + "k_proj", keys, true),
            new Part(prefix + "v_proj", keys, false)));
  }

  static Fused attentionOutput(DecoderConfig config, int layer) {
    String name = "layers." + layer + ".self_attn.o_proj";
    return new Fused(
        name, config.heads() * config.headDim(), List.of(new Part(name, config.hidden(), false)));
  }

  static Fused gateUp(DecoderConfig config, int layer) {
    String prefix = "layers." + layer + ".mlp.";
    return new Fused(
        prefix + "gate_up",
        config.hidden(),
        List.of(
            new Part(prefix + "gate_proj", config.intermediate(), false),
            new Part(prefix + "up_proj", config.intermediate(), false)));
  }

  static Fused down(DecoderConfig config, int layer) {
    String name = "layers." + layer + ".mlp.down_proj";
    return new Fused(name, config.intermediate(), List.of(new Part(name, config.hidden(), false)));
  }
}
