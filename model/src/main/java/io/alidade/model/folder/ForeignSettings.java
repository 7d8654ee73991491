package io.alidade.model.folder;

import io.alidade.core.DataException;
import io.alidade.core.PromptTemplate;
import io.alidade.model.config.JsonObject;
import io.alidade.model.tokenizer.TokenizerFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How texts become vectors in a folder without `alidade.json`, read from the files of
/// sentence-transformers.
///
/// The prompts `query` and `document` go before queries and documents, as `encode_query` and
/// `encode_document` do it. A prompt of the form `Instruct: …\nQuery: ` shows the model's template
/// for instructions; a model with another prompt for queries takes none; one without any is taken
/// to use the paper's.
final class ForeignSettings {
  private static final Pattern INSTRUCT =
      Pattern.compile("Instruct: (?<instruction>.*)\nQuery:(?<space> ?)", Pattern.DOTALL);

  /// The names under which versions up to 5 kept the transformer's settings, by its architecture.
  private static final List<String> LIMIT_FILES =
      List.of(
          "sentence_bert_config.json",
          "sentence_roberta_config.json",
          "sentence_distilbert_config.json",
          "sentence_camembert_config.json",
          "sentence_albert_config.json",
          "sentence_xlm-roberta_config.json",
          "sentence_xlnet_config.json");

  private ForeignSettings() {}

  static EmbeddingSettings of(ModulesFile modules, Map<String, String> prompts, int maxTokens) {
    String query = prompts.getOrDefault("query", "");
    String document = prompts.getOrDefault("document", "");
    Matcher instruct = INSTRUCT.matcher(query);
    boolean instructed = instruct.matches();
    String template =
        query.isEmpty() || instructed
            ? template(instructed ? List.of(query) : prompts.values())
            : query + "{text}";
    return new EmbeddingSettings(
        modules.pooling(),
        modules.normalize(),
        maxTokens,
        new PromptTemplate(template, document),
        instructed ? instruct.group("instruction") : "",
        Map.of());
  }

  /// With the space behind the colon as the prompts have it, or else the paper's.
  private static String template(Iterable<String> prompts) {
    for (String prompt : prompts) {
      Matcher instruct = INSTRUCT.matcher(prompt);
      if (instruct.matches()) {
        return "Instruct: {instruction}\nQuery:" + instruct.group("space") + "{text}";
      }
    }
    return PromptTemplate.E5.query();
  }

  /// Refuses a folder whose texts the library makes lower case before they reach a tokenizer that
  /// keeps capitals.
  static void requireOwnCase(Path transformer) {
    for (String name : LIMIT_FILES) {
      Path file = transformer.resolve(name);
      boolean lowered =
          Files.exists(file) && JsonObject.read(file).flag("do_lower_case").orElse(false);
      if (lowered && !TokenizerFolder.lowersCase(transformer)) {
        throw new DataException(
            file,
            "\"do_lower_case\": true is supported only where tokenizer.json does it too; add a"
                + " Lowercase normalizer to that");
      }
    }
  }

  /// Where the model's own library cuts texts: at `max_seq_length`, or from version 6 on at the
  /// tokenizer's `model_max_length`, but never behind the last position.
  static int maxTokens(Path transformer, int maxPositions) {
    for (String name : LIMIT_FILES) {
      Path file = transformer.resolve(name);
      if (Files.exists(file)) {
        OptionalInt limit = JsonObject.read(file).integer("max_seq_length");
        if (limit.isPresent()) {
          return limit.getAsInt();
        }
      }
    }
    Path tokenizer = transformer.resolve("tokenizer_config.json");
    Optional<Double> limit =
        Files.exists(tokenizer)
            ? JsonObject.read(tokenizer).number("model_max_length")
            : Optional.empty();
    return (int) Math.min(limit.orElse(Double.MAX_VALUE), maxPositions);
  }
}
