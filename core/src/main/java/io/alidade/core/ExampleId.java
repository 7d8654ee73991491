package io.alidade.core;

import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/// The content id of an example: the first 32 hex digits of the SHA-256 of the canonical JSON (keys
/// in alphabetical order, no spaces, UTF-8) of kind, language, instruction, query and positive.
/// Mined negatives do not change it.
public final class ExampleId {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// Hex digits of an id.
  public static final int LENGTH = 32;

  private ExampleId() {}

  public static String of(
      TaskKind kind, String language, String instruction, String query, String positive) {
    var content = new TreeMap<String, String>();
    content.put("kind", kind.label());
    content.put("language", language);
    content.put("instruction", instruction);
    content.put("query", query);
    content.put("positive", positive);
    return Sha256.ofText(JSON.writeValueAsString(content)).substring(0, LENGTH);
  }
}
