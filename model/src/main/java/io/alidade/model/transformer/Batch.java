package io.alidade.model.transformer;

import io.alidade.model.rope.RopeConfig;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// The constant inputs of one pass: where sequences lie, and how each kind of RoPE turns rows.
public record Batch(AttentionPlan plan, Map<RopeConfig, Tensor> rotations) {
  public Batch {
    rotations = Map.copyOf(rotations);
  }

  /// The inputs for packed tokens, into the current scope.
  public static Batch of(PackedTokens packed, Set<RopeConfig> ropes, DType dtype) {
    var rotations = new HashMap<RopeConfig, Tensor>();
    for (RopeConfig rope : ropes) {
      rotations.put(rope, RotaryEmbedding.rotations(packed, rope, dtype));
    }
    return new Batch(new AttentionPlan(packed), rotations);
  }
}
