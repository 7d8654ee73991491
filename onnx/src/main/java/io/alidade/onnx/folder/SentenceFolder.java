package io.alidade.onnx.folder;

import io.alidade.core.DataException;
import io.alidade.core.PromptTemplate;
import io.alidade.model.config.JsonObject;
import io.alidade.model.folder.ModulesFile;
import io.alidade.model.head.Pooling;
import io.alidade.model.head.TextPooling;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// An encoder's folder as sentence-transformers reads it.
///
/// @param modules what follows the encoder; without `modules.json` the mean of the tokens' states,
///   as sentence-transformers assumes
/// @param truncated how many dimensions of a vector are kept, if not all
/// @param maxTokens texts are cut to this many tokens, special tokens included
/// @param lowerCase whether texts become lower case before they are cut into tokens
/// @param paddingId fills up the shorter texts of a batch
/// @param template what stands before queries and documents
public record SentenceFolder(
    ModulesFile modules,
    OptionalInt truncated,
    int maxTokens,
    boolean lowerCase,
    int paddingId,
    PromptTemplate template) {
  public static final String LIMITS = "sentence_bert_config.json";
  private static final String MAX_TOKENS = "max_seq_length";
  private static final int DEFAULT_MAX_TOKENS = 512;

  /// Reads the files.
  ///
  /// @throws DataException if there is no such folder, or a file holds what is not supported
  public static SentenceFolder read(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new DataException(folder, "is no folder");
    }
    ModulesFile modules =
        Files.exists(folder.resolve(ModulesFile.NAME))
            ? ModulesFile.read(folder)
            : new ModulesFile(
                folder, Optional.empty(), TextPooling.of(Pooling.MEAN), List.of(), false);
    if (modules.latentFolder().isPresent()) {
      throw new DataException(
          folder, "has latent attention, which is not computed by ONNX Runtime; use it as it is");
    }
    Path transformer = modules.transformer();
    if (!Files.exists(transformer.resolve("config.json"))) {
      throw new DataException(transformer, "has no config.json, so it is no model's folder");
    }
    JsonObject config = JsonObject.read(transformer.resolve("config.json"));
    Optional<JsonObject> limits = optional(transformer.resolve(LIMITS));
    Optional<JsonObject> sentences = optional(folder.resolve("config_sentence_transformers.json"));
    return new SentenceFolder(
        modules,
        sentences.map(json -> json.integer("truncate_dim")).orElse(OptionalInt.empty()),
        maxTokens(config, limits, optional(transformer.resolve("tokenizer_config.json"))),
        limits.flatMap(json -> json.flag("do_lower_case")).orElse(false),
        config.integer("pad_token_id").orElse(0),
        template(optional(folder.resolve("alidade.json")), sentences));
  }

  /// Whether a folder's own file says how long texts may be.
  public static boolean hasLimit(JsonObject limits) {
    return limits.integer(MAX_TOKENS).isPresent();
  }

  private static Optional<JsonObject> optional(Path file) {
    return Files.exists(file) ? Optional.of(JsonObject.read(file)) : Optional.empty();
  }

  /// What a tokenizer without a limit writes is too large for an integer.
  private static int maxTokens(
      JsonObject config, Optional<JsonObject> limits, Optional<JsonObject> tokenizer) {
    OptionalInt limit = limits.map(json -> json.integer(MAX_TOKENS)).orElse(OptionalInt.empty());
    if (limit.isPresent()) {
      return limit.getAsInt();
    }
    int positions = config.integer("max_position_embeddings").orElse(DEFAULT_MAX_TOKENS);
    // RoBERTa's positions begin behind the padding id.
    boolean roberta = config.text("model_type").orElse("").endsWith("roberta");
    int usable = roberta ? positions - config.integer("pad_token_id").orElse(1) - 1 : positions;
    double ofTokenizer =
        tokenizer.flatMap(json -> json.number("model_max_length")).orElse((double) usable);
    return (int) Math.min(ofTokenizer, usable);
  }

  /// Alidade's own template, or else the prompts that sentence-transformers takes for queries and
  /// documents.
  private static PromptTemplate template(Optional<JsonObject> own, Optional<JsonObject> sentences) {
    if (own.isPresent()) {
      return new PromptTemplate(
          own.get().requiredText("template"), own.get().text("document_prefix").orElse(""));
    }
    Optional<JsonObject> prompts = sentences.flatMap(json -> json.object("prompts"));
    String usual =
        sentences
            .flatMap(json -> json.text("default_prompt_name"))
            .flatMap(name -> prompts.flatMap(all -> all.text(name)))
            .orElse("");
    return new PromptTemplate(
        prompt(prompts, usual, "query") + "{text}",
        prompt(prompts, usual, "document", "passage", "corpus"));
  }

  private static String prompt(Optional<JsonObject> prompts, String usual, String... names) {
    return List.of(names).stream()
        .flatMap(name -> prompts.flatMap(all -> all.text(name)).stream())
        .findFirst()
        .orElse(usual);
  }
}
