package io.alidade.model.tokenizer;

import io.alidade.core.AlidadeException;
import io.alidade.core.DataException;
import io.alidade.model.config.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/// Reads the tokenizer of a Hugging Face folder, with the special tokens that its files ask for.
///
/// The end token is the one that `tokenizer.json`'s own post-processor appends; if it appends none,
/// `eos_token` of `tokenizer_config.json` or `special_tokens_map.json`, or else `eos_token_id` of
/// `config.json`. A begin token is used only if the post-processor or `add_bos_token` asks for it.
public final class TokenizerFolder {
  private static final String CONFIG = "tokenizer_config.json";
  private static final String SPECIAL_TOKENS = "special_tokens_map.json";

  private TokenizerFolder() {}

  public static Tokenizer read(Path folder) {
    Path file = folder.resolve("tokenizer.json");
    if (!Files.isRegularFile(file)) {
      throw new DataException(folder, "has no tokenizer.json");
    }
    TokenizerJson json = parse(file);
    PostProcessor.Ends ends = json.ends();
    int eos = ends.last().orElseGet(() -> endToken(folder, json));
    OptionalInt bos = ends.first().isPresent() ? ends.first() : beginToken(folder, json);
    try {
      return Tokenizer.of(json, new SpecialTokens(bos, eos));
    } catch (AlidadeException e) {
      throw new DataException(file, "" + e.getMessage(), e);
    }
  }

  /// Whether the post-processor in the folder's `tokenizer.json` appends an end token, which is
  /// where most other tools look for it.
  public static boolean endsByPostProcessor(Path folder) {
    return parse(folder.resolve("tokenizer.json")).ends().last().isPresent();
  }

  /// Whether the normalizer in the folder's `tokenizer.json` makes texts lower case.
  public static boolean lowersCase(Path folder) {
    JsonNode normalizer =
        JsonObject.read(folder.resolve("tokenizer.json")).node().path("normalizer");
    return lowersCase(normalizer)
        || normalizer.path("normalizers").valueStream().anyMatch(TokenizerFolder::lowersCase);
  }

  private static boolean lowersCase(JsonNode normalizer) {
    return normalizer.path("type").asString("").equals("Lowercase")
        || normalizer.path("lowercase").asBoolean(false);
  }

  private static TokenizerJson parse(Path file) {
    try {
      return TokenizerJson.parse(Files.readString(file));
    } catch (IOException e) {
      throw new DataException(file, "cannot be read: " + e.getMessage(), e);
    } catch (AlidadeException e) {
      throw new DataException(file, "" + e.getMessage(), e);
    }
  }

  private static int endToken(Path folder, TokenizerJson json) {
    return named(folder, CONFIG, "eos_token")
        .or(() -> named(folder, SPECIAL_TOKENS, "eos_token"))
        .map(token -> id(folder, json, token))
        .or(() -> endTokenId(folder))
        .orElseThrow(
            () ->
                new DataException(
                    folder,
                    "names no end token: neither the post-processor of tokenizer.json, nor"
                        + " eos_token of tokenizer_config.json, nor eos_token_id of config.json"));
  }

  private static Optional<Integer> endTokenId(Path folder) {
    Path file = folder.resolve("config.json");
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    OptionalInt id = JsonObject.read(file).integer("eos_token_id");
    return id.isPresent() ? Optional.of(id.getAsInt()) : Optional.empty();
  }

  private static OptionalInt beginToken(Path folder, TokenizerJson json) {
    Path file = folder.resolve(CONFIG);
    boolean wanted =
        Files.isRegularFile(file) && JsonObject.read(file).flag("add_bos_token").orElse(false);
    return wanted
        ? named(folder, CONFIG, "bos_token")
            .map(token -> OptionalInt.of(id(folder, json, token)))
            .orElse(OptionalInt.empty())
        : OptionalInt.empty();
  }

  /// A token is written as a text, or as an object with its `content`.
  private static Optional<String> named(Path folder, String fileName, String key) {
    Path file = folder.resolve(fileName);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    JsonObject json = JsonObject.read(file);
    return json.node().path(key).isObject()
        ? json.object(key).flatMap(token -> token.text("content"))
        : json.text(key);
  }

  private static int id(Path folder, TokenizerJson json, String token) {
    return json.id(token)
        .orElseThrow(
            () ->
                new DataException(
                    folder, "the special token \"%s\" is not in tokenizer.json".formatted(token)));
  }
}
