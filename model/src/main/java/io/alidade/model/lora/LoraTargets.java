package io.alidade.model.lora;

import io.alidade.model.transformer.FusedMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which linear maps a LoRA adapts, by short names that mean the same in every family, or by the
/// ends of their Hugging Face names such as `q_proj`.
///
/// @param names none for all maps
public record LoraTargets(List<String> names) {
  public static final LoraTargets ALL = new LoraTargets(List.of());

  /// The short names, and the maps they mean by their names within a layer.
  private static final Map<String, Set<String>> SHORT = new LinkedHashMap<>();

  static {
    SHORT.put("q", Set.of("self_attn.q_proj", "attention.self.query"));
    SHORT.put("k", Set.of("self_attn.k_proj", "attention.self.key"));
    SHORT.put("v", Set.of("self_attn.v_proj", "attention.self.value"));
    SHORT.put("o", Set.of("self_attn.o_proj", "attention.output.dense", "attn.Wo"));
    SHORT.put("gate", Set.of("mlp.gate_proj"));
    SHORT.put("up", Set.of("mlp.up_proj", "intermediate.dense", "mlp.Wi"));
    SHORT.put("down", Set.of("mlp.down_proj", "output.dense", "mlp.Wo"));
  }

  public LoraTargets {
    names = List.copyOf(names);
  }

  /// Whether a map is adapted.
  ///
  /// @param map its Hugging Face name, such as `layers.0.self_attn.q_proj`
  boolean contain(String map) {
    return names.isEmpty() || names.stream().anyMatch(name -> matches(name, map));
  }

  /// A sentence about the first name that no map of the model has, with those that are allowed.
  public Optional<String> refusal(List<FusedMap> maps) {
    List<String> parts = names(maps);
    return names.stream()
        .filter(name -> parts.stream().noneMatch(part -> matches(name, part)))
        .findFirst()
        .map(name -> "has \"%s\", which is none of %s".formatted(name, allowed(parts)));
  }

  private static List<String> names(List<FusedMap> maps) {
    return maps.stream().flatMap(map -> map.parts().stream()).map(FusedMap.Part::name).toList();
  }

  private static String allowed(List<String> parts) {
    var allowed = new ArrayList<String>();
    for (String name : SHORT.keySet()) {
      if (parts.stream().anyMatch(part -> matches(name, part))) {
        allowed.add(name);
      }
    }
    var whole = new LinkedHashSet<String>();
    parts.forEach(part -> whole.add(withinLayer(part)));
    allowed.addAll(whole);
    return String.join(", ", allowed);
  }

  private static boolean matches(String name, String map) {
    Set<String> meant = SHORT.get(name);
    return meant == null ? map.endsWith("." + name) : meant.contains(withinLayer(map));
  }

  /// `encoder.layer.3.output.dense` gives `output.dense`.
  private static String withinLayer(String map) {
    return map.replaceFirst("^.*?\\.\\d+\\.", "");
  }
}
