package io.alidade.model;

import io.alidade.tensor.DType;

/// The types that a model computes with.
///
/// @param states the type of states, norms, biases and softmax
/// @param matrices the type in which the matrices of linear maps and the embeddings of tokens are
///   held
/// @param products the type that operands of products with matrices of linear maps are rounded to
/// @see <a href="https://arxiv.org/abs/1710.03740">Micikevicius et al., Mixed Precision Training,
///   2018</a>
public record ComputeTypes(DType states, DType matrices, DType products) {

  /// One type for all.
  public static ComputeTypes of(DType type) {
    return new ComputeTypes(type, type, type);
  }

  /// Products in bfloat16 with matrices that do not change, and so are held in half the memory.
  public static ComputeTypes bfloat16() {
    return new ComputeTypes(DType.FLOAT32, DType.BFLOAT16, DType.BFLOAT16);
  }

  /// Products in bfloat16 with matrices that are trained: held in float32, since steps are smaller
  /// than the distance of two bfloat16 numbers, and rounded at each use.
  public static ComputeTypes bfloat16OfTrained() {
    return new ComputeTypes(DType.FLOAT32, DType.FLOAT32, DType.BFLOAT16);
  }
}
