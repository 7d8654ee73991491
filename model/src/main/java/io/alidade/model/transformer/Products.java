package io.alidade.model.transformer;

import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import java.util.Optional;

/// Products of matrices, in the type of their operands or in a narrower one, to which both are
/// rounded and in which the result comes before it is added up.
public record Products(Optional<DType> narrow) {
  public static final Products PLAIN = new Products(Optional.empty());

  /// Those of operands of one type in another.
  public static Products in(DType type, DType ofOperands) {
    return type == ofOperands ? PLAIN : new Products(Optional.of(type));
  }

  /// `target = scale · left · right`.
  Tensor set(Tensor target, Tensor left, Tensor right, double scale) {
    if (narrow.isEmpty()) {
      return target.setMatmul(left, right, scale);
    }
    return target.copyFrom(rounded(left, right)).timesInPlace(scale);
  }

  /// `target += scale · left · right`.
  Tensor add(Tensor target, Tensor left, Tensor right, double scale) {
    if (narrow.isEmpty()) {
      return target.addMatmul(left, right, scale);
    }
    return target.add(rounded(left, right), scale);
  }

  private Tensor rounded(Tensor left, Tensor right) {
    DType type = narrow.orElseThrow();
    return left.to(type).matmul(right.to(type));
  }
}
