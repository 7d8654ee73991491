package io.alidade.model.lora;

import io.alidade.tensor.Tensor;
import java.util.List;

/// The adapter of one fused linear map: parts that share their input (query, key and value; gate
/// and up) each have an `A` and a `B` of their own, and the `A`s lie one below the other so that
/// one product serves all parts.
///
/// @param a `[parts · rank, inputs]`
/// @param b one `[outputs of the part, rank]` a part
/// @param gradientA as `a`; gradients add up here
/// @param gradientB as `b`
/// @param scale the factor of `B · A`
public record LoraSlice(
    Tensor a, List<Tensor> b, Tensor gradientA, List<Tensor> gradientB, double scale) {

  public LoraSlice {
    b = List.copyOf(b);
    gradientB = List.copyOf(gradientB);
  }

  public int rank() {
    return (int) b.getFirst().size(1);
  }

  public int parts() {
    return b.size();
  }

  /// The adapter of some of the parts, sharing memory.
  public LoraSlice parts(int from, int to) {
    int rank = rank();
    return new LoraSlice(
        a.narrow(0, (long) from * rank, (long) (to - from) * rank),
        b.subList(from, to),
        gradientA.narrow(0, (long) from * rank, (long) (to - from) * rank),
        gradientB.subList(from, to),
        scale);
  }
}
