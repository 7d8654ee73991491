package io.alidade.model.folder;

import io.alidade.model.lora.LoraConfig;
import io.alidade.model.weights.WeightSource;
import java.util.List;

/// A low-rank adapter on disk.
///
/// @param modules the adapted linear maps, such as `layers.0.self_attn.q_proj`; `weights` has
///   `MODULE.lora_A.weight` `[rank, inputs]` and `MODULE.lora_B.weight` `[outputs, rank]` of each
public record AdapterDescription(LoraConfig config, List<String> modules, WeightSource weights) {

  public AdapterDescription {
    modules = List.copyOf(modules);
  }

  /// The name of a module's matrix `A` in `weights`.
  public static String nameOfA(String module) {
    return module + ".lora_A.weight";
  }

  /// The name of a module's matrix `B` in `weights`.
  public static String nameOfB(String module) {
    return module + ".lora_B.weight";
  }
}
