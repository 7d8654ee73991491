package io.alidade.model.folder;

import io.alidade.core.PromptTemplate;
import io.alidade.model.config.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import tools.jackson.databind.node.NullNode;

/// `config_sentence_transformers.json`: the prompts, and how vectors are compared.
///
/// @param prompts what stands before a text, by name
/// @param defaultPrompt the name of the one that `encode` uses, if there is one
/// @param truncated how many dimensions of a vector are kept, if not all
record SentenceTransformersFile(
    Map<String, String> prompts,
    Optional<String> defaultPrompt,
    Similarity similarity,
    OptionalInt truncated) {
  static final String NAME = "config_sentence_transformers.json";

  /// The oldest versions that read every file of the folder.
  private static final Map<String, String> VERSIONS =
      new TreeMap<>(
          Map.of("sentence_transformers", "3.0.0", "transformers", "4.41.0", "pytorch", "2.3.0"));

  /// Reads the file of a folder, which may lack it.
  static SentenceTransformersFile read(Path folder) {
    Path file = folder.resolve(NAME);
    if (!Files.exists(file)) {
      return new SentenceTransformersFile(
          Map.of(), Optional.empty(), Similarity.COSINE, OptionalInt.empty());
    }
    JsonObject json = JsonObject.read(file);
    return new SentenceTransformersFile(
        json.object("prompts").map(JsonObject::texts).orElseGet(Map::of),
        json.text("default_prompt_name"),
        Similarity.read(json),
        json.integer("truncate_dim"));
  }

  static void write(Path file, EmbeddingSettings settings) {
    Map<String, Object> json = new TreeMap<>();
    json.put("__version__", VERSIONS);
    json.put("model_type", "SentenceTransformer");
    json.put("prompts", prompts(settings));
    json.put("default_prompt_name", NullNode.getInstance());
    json.put("similarity_fn_name", Similarity.COSINE.label());
    JsonFiles.write(file, json);
  }

  /// What stands before the text, by name: `query` for the default instruction, `document`, and
  /// each named instruction.
  static Map<String, String> prompts(EmbeddingSettings settings) {
    PromptTemplate template = settings.template();
    var prompts = new LinkedHashMap<String, String>();
    prompts.put("document", template.documentPrefix());
    if (!settings.defaultInstruction().isEmpty()) {
      prompts.put("query", prefix(template, settings.defaultInstruction()));
    }
    settings
        .instructions()
        .forEach((name, instruction) -> prompts.put(name, prefix(template, instruction)));
    return prompts;
  }

  private static String prefix(PromptTemplate template, String instruction) {
    String marker = "{text}";
    if (!template.query().endsWith(marker)) {
      throw new IllegalArgumentException(
          "template \"%s\" does not end with %s, so sentence-transformers cannot express it"
              .formatted(template.query(), marker));
    }
    String before = template.query().substring(0, template.query().length() - marker.length());
    return before.replace("{instruction}", instruction);
  }
}
