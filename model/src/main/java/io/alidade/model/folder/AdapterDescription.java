package io.alidade.model.folder;

import io.alidade.model.lora.LoraConfig;
import io.alidade.model.weights.WeightSource;
import java.util.List;

/// A low-rank adapter on disk.
///
/// @param config rank and alpha of the modules that have none of their own
/// @param modules the adapted linear maps; `weights` has `MODULE.lora_A.weight` `[rank, inputs]`
///   and `MODULE.lora_B.weight` `[outputs, rank]` of each
/// @param decomposed whether each map has a magnitude of its own too, `MODULE.magnitude`
///   `[outputs]` (DoRA)
/// @param replaced the weights that were trained whole and stand in `weights` under their own names
public record AdapterDescription(
    LoraConfig config,
    List<Module> modules,
    boolean decomposed,
    List<String> replaced,
    WeightSource weights) {

  /// An adapted linear map.
  ///
  /// @param name such as `layers.0.self_attn.q_proj`
  /// @param scale the factor of `B · A`
  public record Module(String name, double scale) {}

  public AdapterDescription {
    modules = List.copyOf(modules);
    replaced = List.copyOf(replaced);
  }

  /// The name of a module's matrix `A` in `weights`.
  public static String nameOfA(String module) {
    return module + ".lora_A.weight";
  }

  /// The name of a module's matrix `B` in `weights`.
  public static String nameOfB(String module) {
    return module + ".lora_B.weight";
  }

  /// The name of a module's magnitudes in `weights`.
  public static String nameOfMagnitude(String module) {
    return module + ".magnitude";
  }
}
