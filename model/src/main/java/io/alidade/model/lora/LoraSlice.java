package io.alidade.model.lora;

import io.alidade.model.transformer.FusedMap;
import io.alidade.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// The adapter of one fused linear map: parts that share their input (query, key and value; gate
/// and up) each have an `A` and a `B` of their own, and the `A`s lie one below the other so that
/// one product serves all parts.
///
/// @param a `[adapted parts · rank, inputs]`
/// @param gradientA as `a`; gradients add up here
/// @param parts those that are adapted
/// @param scale the factor of `B · A`
public record LoraSlice(Tensor a, Tensor gradientA, List<Part> parts, double scale) {

  /// The adapter of one part.
  ///
  /// @param index of the part in its map
  /// @param start the first of its outputs in the map
  /// @param b `[outputs of the part, rank]`
  /// @param gradientB as `b`; gradients add up here
  public record Part(int index, long start, Tensor b, Tensor gradientB) {
    public long outputs() {
      return b.size(0);
    }
  }

  public LoraSlice {
    parts = List.copyOf(parts);
  }

  public int rank() {
    return (int) parts.getFirst().b().size(1);
  }

  /// The adapter of some of the map's parts, sharing memory; without parts if none is adapted.
  public LoraSlice parts(FusedMap map, int from, int to) {
    var within = new ArrayList<Part>();
    int before = 0;
    for (Part part : parts) {
      if (part.index < from) {
        before++;
      } else if (part.index < to) {
        long start = part.start - map.start(from);
        within.add(new Part(part.index - from, start, part.b, part.gradientB));
      }
    }
    long first = (long) before * rank();
    long rows = (long) within.size() * rank();
    return new LoraSlice(a.narrow(0, first, rows), gradientA.narrow(0, first, rows), within, scale);
  }

  /// Frees the tensors.
  void close() {
    a.close();
    gradientA.close();
    for (Part part : parts) {
      part.b.close();
      part.gradientB.close();
    }
  }
}
