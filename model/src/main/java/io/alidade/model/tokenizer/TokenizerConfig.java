package io.alidade.model.tokenizer;

import io.alidade.core.DataException;
import io.alidade.model.config.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// What lies beside a tokenizer in a Hugging Face folder: `tokenizer_config.json`,
/// `special_tokens_map.json`, `added_tokens.json` and the `eos_token_id` of `config.json`. Each may
/// be missing.
public final class TokenizerConfig {
  private static final String CONFIG = "tokenizer_config.json";
  private static final String SPECIAL_TOKENS = "special_tokens_map.json";
  private static final String ADDED_TOKENS = "added_tokens.json";

  /// A token that is in no vocabulary, with whether it is no text.
  record Added(String content, boolean special) {}

  private final Path folder;

  public TokenizerConfig(Path folder) {
    this.folder = folder;
  }

  /// A switch of `tokenizer_config.json`.
  Optional<Boolean> flag(String key) {
    return file(CONFIG).flatMap(json -> json.flag(key));
  }

  /// Whether `tokenizer_config.json` asks for an end token after every text.
  public boolean asksForEnd() {
    return flag("add_eos_token").orElse(false);
  }

  /// The most tokens of a text, if there is such a limit: transformers writes 10³⁰ for none.
  public OptionalInt maxTokens() {
    JsonNode value = file(CONFIG).map(json -> json.node().path("model_max_length")).orElse(null);
    return value != null
            && value.isNumber()
            && value.asDouble(0) >= 1
            && value.asDouble(0) <= Integer.MAX_VALUE
        ? OptionalInt.of((int) value.asDouble(0))
        : OptionalInt.empty();
  }

  /// A special token such as `eos_token`.
  Optional<String> token(String key) {
    return token(CONFIG, key).or(() -> token(SPECIAL_TOKENS, key));
  }

  /// A token is written as a text, or as an object with its `content`.
  private Optional<String> token(String fileName, String key) {
    return file(fileName)
        .flatMap(
            json ->
                json.node().path(key).isObject()
                    ? json.object(key).flatMap(token -> token.text("content"))
                    : json.text(key));
  }

  OptionalInt endTokenId() {
    // Some models list several; then tokenizer_config.json must say which.
    return file("config.json")
        .filter(json -> !json.node().path("eos_token_id").isArray())
        .map(json -> json.integer("eos_token_id"))
        .orElse(OptionalInt.empty());
  }

  /// Tokens by id that were added to a vocabulary after it was made.
  Map<Integer, Added> addedTokens() {
    var added = new TreeMap<Integer, Added>();
    file(ADDED_TOKENS)
        .ifPresent(
            json -> {
              for (String token : json.keys()) {
                added.put(json.requiredInteger(token), new Added(token, true));
              }
            });
    file(CONFIG)
        .flatMap(json -> json.object("added_tokens_decoder"))
        .ifPresent(
            json -> {
              for (String id : json.keys()) {
                json.object(id).ifPresent(token -> added.put(number(id), added(token)));
              }
            });
    return added;
  }

  private static Added added(JsonObject token) {
    return new Added(token.requiredText("content"), token.flag("special").orElse(false));
  }

  private int number(String id) {
    try {
      return Integer.parseInt(id);
    } catch (NumberFormatException e) {
      throw new DataException(
          folder.resolve(CONFIG), "added_tokens_decoder has the id \"%s\"".formatted(id), e);
    }
  }

  private Optional<JsonObject> file(String name) {
    Path file = folder.resolve(name);
    return Files.isRegularFile(file) ? Optional.of(JsonObject.read(file)) : Optional.empty();
  }
}
