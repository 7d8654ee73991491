package io.alidade.model.tokenizer;

import io.alidade.core.AlidadeException;
import io.alidade.core.DataException;
import io.alidade.model.config.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/// Reads the tokenizer of a Hugging Face folder, with the special tokens that its files ask for:
/// `tokenizer.json`, or else SentencePiece's `tokenizer.model`.
///
/// The end token is the one that `tokenizer.json`'s own post-processor appends; if it appends none,
/// `eos_token` of `tokenizer_config.json` or `special_tokens_map.json`, or else `eos_token_id` of
/// `config.json`, or else SentencePiece's own. It is appended whether or not `add_eos_token` says
/// so. A begin token is used only if the post-processor or `add_bos_token` asks for it; where
/// transformers has no post-processor to go by, its classes for SentencePiece's BPE put one unless
/// `add_bos_token` says no.
public final class TokenizerFolder {
  private static final String JSON = "tokenizer.json";

  private final Path folder;
  private final TokenizerConfig config;

  private TokenizerFolder(Path folder) {
    this.folder = folder;
    this.config = new TokenizerConfig(folder);
  }

  /// Whether the folder has a tokenizer of its own.
  public static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(JSON))
        || Files.isRegularFile(folder.resolve(SentencePieceFolder.FILE));
  }

  public static Tokenizer read(Path folder) {
    var reader = new TokenizerFolder(folder);
    Path json = folder.resolve(JSON);
    if (Files.isRegularFile(json)) {
      return naming(json, () -> reader.readJson(json));
    }
    Path pieces = folder.resolve(SentencePieceFolder.FILE);
    if (Files.isRegularFile(pieces)) {
      return naming(pieces, () -> reader.readSentencePiece(pieces));
    }
    throw new DataException(
        folder,
        "has neither tokenizer.json nor tokenizer.model; transformers writes the former with"
            + " AutoTokenizer.from_pretrained(...).save_pretrained(...)");
  }

  /// Errors without a file get this one's name.
  private static Tokenizer naming(Path file, Supplier<Tokenizer> read) {
    try {
      return read.get();
    } catch (DataException e) {
      throw e;
    } catch (AlidadeException e) {
      throw new DataException(file, "" + e.getMessage(), e);
    }
  }

  private Tokenizer readJson(Path file) {
    TokenizerJson json = TokenizerJson.read(file);
    PostProcessor.Ends ends = json.ends();
    OptionalInt bos =
        ends.first().isPresent() || !config.flag("add_bos_token").orElse(false)
            ? ends.first()
            : token(json, "bos_token");
    int eos = ends.last().orElseGet(() -> endToken(json, OptionalInt.empty()));
    return Tokenizer.of(json, new SpecialTokens(bos, eos));
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

  private Tokenizer readSentencePiece(Path file) {
    SentencePieceModel model = SentencePieceFolder.read(file, config);
    TokenizerJson json = SentencePieceFolder.json(model, config);
    boolean begins =
        config.flag("add_bos_token").orElse(model.algorithm() == SentencePieceModel.Algorithm.BPE);
    OptionalInt bos = begins ? orElse(token(json, "bos_token"), model.bos()) : OptionalInt.empty();
    var special = new SpecialTokens(bos, endToken(json, model.eos()));
    // What other tools make of the folder, so that it can be told where they differ.
    return Tokenizer.of(
        json.withSpecialTokens(config.asksForEnd() ? special : special.withoutEnd()), special);
  }

  private int endToken(TokenizerJson json, OptionalInt otherwise) {
    OptionalInt named = orElse(token(json, "eos_token"), config.endTokenId());
    return orElse(named, otherwise)
        .orElseThrow(
            () ->
                new DataException(
                    folder,
                    "names no end token: neither the post-processor of tokenizer.json, nor"
                        + " eos_token of tokenizer_config.json, nor eos_token_id of config.json"));
  }

  private OptionalInt token(TokenizerJson json, String key) {
    Optional<String> token = config.token(key);
    return token.isEmpty() ? OptionalInt.empty() : OptionalInt.of(id(json, token.get()));
  }

  private static OptionalInt orElse(OptionalInt first, OptionalInt second) {
    return first.isPresent() ? first : second;
  }

  private int id(TokenizerJson json, String token) {
    return json.id(token)
        .orElseThrow(
            () ->
                new DataException(
                    folder, "the special token \"%s\" is not in the vocabulary".formatted(token)));
  }
}
