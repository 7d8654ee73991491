package io.alidade.model.folder;

import io.alidade.core.DataException;
import io.alidade.model.config.JsonObject;
import io.alidade.model.head.Pooling;
import io.alidade.model.head.TextPooling;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// The configuration of a `Pooling` module of sentence-transformers, in its two forms: up to
/// version 5.3 a switch for each mode, from 5.4 on `pooling_mode` with one name or a list.
///
/// Where both are there, the switches do not count; where none is on, the mean is taken.
final class PoolingFile {
  private static final String SWITCH = "pooling_mode_";

  /// The order in which the results of several switches stand one behind the other.
  private static final List<Pooling> SWITCH_ORDER =
      List.of(
          Pooling.CLS,
          Pooling.MAX,
          Pooling.MEAN,
          Pooling.MEAN_SQRT_LENGTH,
          Pooling.WEIGHTED_MEAN,
          Pooling.LAST_TOKEN);

  private PoolingFile() {}

  static TextPooling read(Path file) {
    JsonObject json = JsonObject.read(file);
    List<Pooling> modes = modes(json);
    if (modes.isEmpty()) {
      throw new DataException(file, "\"pooling_mode\" is an empty list");
    }
    return new TextPooling(modes, json.flag("include_prompt").orElse(true));
  }

  private static List<Pooling> modes(JsonObject json) {
    JsonNode named = json.node().path("pooling_mode");
    if (named.isString()) {
      return List.of(mode(json.file(), named.stringValue()));
    }
    if (named.isArray()) {
      return named.valueStream().map(mode -> mode(json.file(), mode.asString(""))).toList();
    }
    refuseUnknownSwitches(json);
    List<Pooling> on =
        SWITCH_ORDER.stream()
            .filter(mode -> json.flag(SWITCH + mode.label()).orElse(false))
            .toList();
    return on.isEmpty() ? List.of(Pooling.MEAN) : on;
  }

  private static void refuseUnknownSwitches(JsonObject json) {
    for (String key : json.keys()) {
      boolean known = SWITCH_ORDER.stream().anyMatch(mode -> key.equals(SWITCH + mode.label()));
      if (key.startsWith(SWITCH) && !known && json.flag(key).orElse(false)) {
        throw unknown(json.file(), key.substring(SWITCH.length()));
      }
    }
  }

  private static Pooling mode(Path file, String name) {
    return SWITCH_ORDER.stream()
        .filter(mode -> name(mode).equals(name))
        .findFirst()
        .orElseThrow(() -> unknown(file, name));
  }

  /// Its name from version 5.4 on.
  private static String name(Pooling mode) {
    return switch (mode) {
      case CLS -> "cls";
      case MAX -> "max";
      case MEAN -> "mean";
      case MEAN_SQRT_LENGTH -> "mean_sqrt_len_tokens";
      case WEIGHTED_MEAN -> "weightedmean";
      case LAST_TOKEN -> "lasttoken";
    };
  }

  private static DataException unknown(Path file, String name) {
    return new DataException(
        file,
        "pooling \"%s\" is not supported; %s are"
            .formatted(
                name, String.join(", ", SWITCH_ORDER.stream().map(PoolingFile::name).toList())));
  }

  /// Writes the old form, which every version and server reads.
  static void write(Path file, TextPooling pooling, int hidden) {
    if (!SWITCH_ORDER.stream().filter(pooling.modes()::contains).toList().equals(pooling.modes())) {
      throw new IllegalArgumentException(
          "switches cannot say pooling %s; their order is %s".formatted(pooling, SWITCH_ORDER));
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("word_embedding_dimension", hidden);
    for (Pooling mode : Pooling.values()) {
      json.put(SWITCH + mode.label(), pooling.modes().contains(mode));
    }
    json.put("include_prompt", pooling.includePrompt());
    JsonFiles.write(file, json);
  }
}
