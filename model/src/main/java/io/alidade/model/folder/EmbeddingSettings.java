package io.alidade.model.folder;

import io.alidade.core.PromptTemplate;
import io.alidade.model.head.TextPooling;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// How a model's texts become vectors.
///
/// @param normalize whether the vectors are divided by their length
/// @param maxTokens texts are cut to this many tokens
/// @param defaultInstruction the bare task sentence of queries that name none; empty for none
/// @param instructions bare task sentences by name
public record EmbeddingSettings(
    TextPooling pooling,
    boolean normalize,
    int maxTokens,
    PromptTemplate template,
    String defaultInstruction,
    Map<String, String> instructions) {

  public EmbeddingSettings {
    if (maxTokens < 1) {
      throw new IllegalArgumentException("maxTokens is %d; at least 1".formatted(maxTokens));
    }
    instructions = Collections.unmodifiableMap(new LinkedHashMap<>(instructions));
  }

  /// The paper's way, without a default instruction.
  public static EmbeddingSettings lastToken(int maxTokens) {
    return of(TextPooling.LAST_TOKEN, maxTokens);
  }

  /// The paper's template with another pooling, without a default instruction.
  public static EmbeddingSettings of(TextPooling pooling, int maxTokens) {
    return new EmbeddingSettings(pooling, true, maxTokens, PromptTemplate.E5, "", Map.of());
  }
}
