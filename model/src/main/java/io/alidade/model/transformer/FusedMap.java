package io.alidade.model.transformer;

import java.util.List;
import java.util.Optional;

/// A weight `[outputs, inputs]` of one or more linear maps that read the same input, one below the
/// other, so that they are one product.
///
/// @param name unique in its model
/// @param layer the layer it belongs to, from 0
/// @param bias whether every part has a bias
/// @param joined the name under which files hold all parts as one matrix, if they do
public record FusedMap(
    String name, int layer, int inputs, boolean bias, List<Part> parts, Optional<String> joined) {

  /// One linear map.
  ///
  /// @param name its Hugging Face name, such as `layers.0.self_attn.q_proj`
  /// @param order how its rows are reordered on loading, and back on writing
  public record Part(String name, int outputs, RotaryOrder order) {
    public Part(String name, int outputs) {
      this(name, outputs, RotaryOrder.NONE);
    }
  }

  public FusedMap {
    parts = List.copyOf(parts);
  }

  /// A map of one part.
  public static FusedMap single(int layer, int inputs, boolean bias, Part part) {
    return new FusedMap(part.name(), layer, inputs, bias, List.of(part), Optional.empty());
  }

  public int outputs() {
    return start(parts.size());
  }

  /// The first output of a part; of the number of parts, all outputs.
  public int start(int part) {
    int start = 0;
    for (Part before : parts.subList(0, part)) {
      start += before.outputs();
    }
    return start;
  }

  /// The map of some of the parts.
  FusedMap parts(int from, int to) {
    return new FusedMap(name, layer, inputs, bias, parts.subList(from, to), Optional.empty());
  }
}
