package io.alidade.model.folder;

import io.alidade.core.DataException;
import io.alidade.core.PromptTemplate;
import io.alidade.model.backbone.BaseReference;
import io.alidade.model.config.JsonObject;
import io.alidade.model.head.Pooling;
import io.alidade.model.head.TextPooling;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// `alidade.json`: what sentence-transformers' own files cannot say of a model.
///
/// ```json
/// {"format": 1, "pooling": "last-token", "normalize": true, "max_tokens": 512,
///  "template": "Instruct: {instruction}\nQuery: {text}", "document_prefix": "",
///  "default_instruction": "…", "prompts": {"sts": "Retrieve semantically similar text."},
///  "base": {"name": "…", "source": "…", "sha256": "…"}, "manifest": "../manifest.json"}
/// ```
///
/// `prompts` are bare instructions by name; `manifest` is the training's, relative to the folder,
/// and left out if there is none.
record AlidadeFile(EmbeddingSettings settings, BaseReference base, Optional<String> manifest) {
  static final String NAME = "alidade.json";
  private static final int FORMAT = 1;

  static AlidadeFile read(Path file) {
    JsonObject json = JsonObject.read(file);
    int format = json.requiredInteger("format");
    if (format < 1 || format > FORMAT) {
      throw new DataException(
          file, "has format %d; this version of Alidade reads up to %d".formatted(format, FORMAT));
    }
    JsonObject base =
        json.object("base").orElseThrow(() -> new DataException(file, "has no \"base\""));
    var reference =
        new BaseReference(
            base.requiredText("name"), base.requiredText("source"), base.requiredText("sha256"));
    try {
      return new AlidadeFile(settings(json), reference, json.text("manifest"));
    } catch (IllegalArgumentException e) {
      throw new DataException(file, "" + e.getMessage(), e);
    }
  }

  private static EmbeddingSettings settings(JsonObject json) {
    return new EmbeddingSettings(
        pooling(json),
        json.flag("normalize").orElse(true),
        json.requiredInteger("max_tokens"),
        new PromptTemplate(json.requiredText("template"), json.text("document_prefix").orElse("")),
        json.text("default_instruction").orElse(""),
        json.object("prompts").map(JsonObject::texts).orElseGet(Map::of));
  }

  /// Several modes are written as `cls+mean`.
  private static TextPooling pooling(JsonObject json) {
    List<Pooling> modes =
        Arrays.stream(json.requiredText("pooling").split("\\+", -1))
            .map(label -> mode(json.file(), label))
            .toList();
    return new TextPooling(modes, json.flag("include_prompt").orElse(true));
  }

  private static Pooling mode(Path file, String label) {
    return Arrays.stream(Pooling.values())
        .filter(pooling -> label(pooling).equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new DataException(
                    file,
                    "\"pooling\" is \"%s\"; known are %s"
                        .formatted(label, labels(List.of(Pooling.values()), ", "))));
  }

  private static String labels(List<Pooling> modes, String separator) {
    return modes.stream().map(AlidadeFile::label).collect(Collectors.joining(separator));
  }

  private static String label(Pooling pooling) {
    return pooling.words().replace(' ', '-');
  }

  void write(Path file) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", FORMAT);
    json.put("pooling", labels(settings.pooling().modes(), "+"));
    if (!settings.pooling().includePrompt()) {
      json.put("include_prompt", false);
    }
    json.put("normalize", settings.normalize());
    json.put("max_tokens", settings.maxTokens());
    json.put("template", settings.template().query());
    json.put("document_prefix", settings.template().documentPrefix());
    json.put("default_instruction", settings.defaultInstruction());
    json.put("prompts", settings.instructions());
    Map<String, Object> from = new LinkedHashMap<>();
    from.put("name", base.name());
    from.put("source", base.source());
    from.put("sha256", base.sha256());
    json.put("base", from);
    manifest.ifPresent(path -> json.put("manifest", path));
    JsonFiles.write(file, json);
  }
}
