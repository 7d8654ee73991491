package io.alidade.train;

import io.alidade.model.ComputeTypes;
import io.alidade.tensor.DType;

/// In which type products of matrices are computed, forwards and backwards. Values that are
/// trained, their gradients and the optimizer's state are float32 with either.
public enum Precision {
  FP32,
  /// bfloat16; states, norms, attention and loss stay float32.
  BF16;

  /// The type of products.
  DType products() {
    return this == FP32 ? DType.FLOAT32 : DType.BFLOAT16;
  }

  /// The types to load a backbone in.
  ComputeTypes types(Tuning tuning) {
    return switch (this) {
      case FP32 -> ComputeTypes.of(DType.FLOAT32);
      case BF16 ->
          switch (tuning) {
            case Tuning.Lora _ -> ComputeTypes.bfloat16();
            case Tuning.Full _ -> ComputeTypes.bfloat16OfTrained();
          };
    };
  }
}
