package io.alidade.model.folder;

import io.alidade.core.AlidadeException;
import io.alidade.core.DataException;
import io.alidade.model.DecoderConfig;
import io.alidade.model.backbone.Backbone;
import io.alidade.model.backbone.BackboneLibrary;
import io.alidade.model.backbone.BaseReference;
import io.alidade.model.backbone.FolderBackbone;
import io.alidade.model.config.JsonObject;
import io.alidade.model.tokenizer.Tokenizer;
import io.alidade.model.tokenizer.TokenizerFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Opens a folder that holds an embedding model: Alidade's own, any other of sentence-transformers'
/// layout, a PEFT adapter, or a plain transformers model.
public final class ModelFolder {
  private static final int DEFAULT_MAX_TOKENS = 512;

  /// What to do if an adapter's base has other weights than it was trained on.
  public enum BaseCheck {
    REQUIRE_SAME,
    ALLOW_OTHER
  }

  private final BackboneLibrary.Location location;
  private final Path folder;
  private final BaseResolver resolver;
  private final BaseCheck check;
  private final List<String> warnings = new ArrayList<>();

  private ModelFolder(BackboneLibrary.Location location, BaseResolver resolver, BaseCheck check) {
    this.location = location;
    this.folder = location.path();
    this.resolver = resolver;
    this.check = check;
  }

  /// Opens a model folder; the caller closes the description.
  ///
  /// @param resolver finds an adapter's base if that is no folder
  public static ModelDescription open(Path folder, BaseResolver resolver, BaseCheck check) {
    String name = String.valueOf(folder.toAbsolutePath().normalize().getFileName());
    return open(new BackboneLibrary.Location(name, "folder " + folder, folder), resolver, check);
  }

  /// Opens the folder that a library found, such as that of a model of the hub.
  public static ModelDescription open(
      BackboneLibrary.Location location, BaseResolver resolver, BaseCheck check) {
    if (!Files.isDirectory(location.path())) {
      throw new DataException(location.path(), "is no folder");
    }
    return new ModelFolder(location, resolver, check).read();
  }

  private ModelDescription read() {
    boolean listed = Files.exists(folder.resolve(ModulesFile.NAME));
    ModulesFile modules = listed ? ModulesFile.read(folder) : ModulesFile.lastToken(folder);
    Path transformer = modules.transformer();
    boolean adapted = Files.exists(transformer.resolve(PeftConfig.FILE));
    if (!adapted && !Files.exists(transformer.resolve("config.json"))) {
      throw new DataException(
          folder,
          listed
              ? "has modules.json but neither config.json nor adapter_config.json"
              : "is no model folder: it has neither modules.json, config.json nor"
                  + " adapter_config.json");
    }
    if (!listed) {
      warnings.add(folder + " has no modules.json, so the last token is pooled and normalised");
    }
    warnOfChatTemplate(transformer);
    warnOfLengths(modules);
    return adapted ? readAdapter(modules) : readMerged(modules);
  }

  private ModelDescription readMerged(ModulesFile modules) {
    Optional<AlidadeFile> own = ownFile();
    Backbone model =
        FolderBackbone.openFolder(location.name(), location.source(), modules.transformer());
    try {
      return describe(modules, own, model, model.tokenizer(), Optional.empty());
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  private ModelDescription readAdapter(ModulesFile modules) {
    Optional<AlidadeFile> own = ownFile();
    Path transformer = modules.transformer();
    AdapterDescription adapter = AdapterFolder.read(transformer);
    try {
      Backbone base = openBase(transformer, own.map(AlidadeFile::base));
      try {
        return describe(modules, own, base, tokenizer(transformer, base), Optional.of(adapter));
      } catch (RuntimeException e) {
        base.close();
        throw e;
      }
    } catch (RuntimeException e) {
      adapter.weights().close();
      throw e;
    }
  }

  private static Tokenizer tokenizer(Path transformer, Backbone base) {
    if (!Files.exists(transformer.resolve("tokenizer.json"))) {
      return base.tokenizer();
    }
    Tokenizer own = TokenizerFolder.read(transformer);
    base.tokenizer().close();
    return own;
  }

  private ModelDescription describe(
      ModulesFile modules,
      Optional<AlidadeFile> own,
      Backbone model,
      Tokenizer tokenizer,
      Optional<AdapterDescription> adapter) {
    EmbeddingSettings settings =
        own.map(AlidadeFile::settings).orElseGet(() -> foreignSettings(modules, model.config()));
    if (own.isPresent() && settings.pooling() != modules.pooling()) {
      throw new DataException(
          folder.resolve(AlidadeFile.NAME),
          "says pooling %s, %s says %s"
              .formatted(settings.pooling(), ModulesFile.POOLING_FOLDER, modules.pooling()));
    }
    return new ModelDescription(
        location.name(),
        model.config(),
        tokenizer,
        model.weights(),
        adapter,
        settings,
        modules.denseFolders(),
        truncated(),
        prompts(),
        own.map(AlidadeFile::base),
        warnings);
  }

  private Optional<AlidadeFile> ownFile() {
    Path file = folder.resolve(AlidadeFile.NAME);
    return Files.exists(file) ? Optional.of(AlidadeFile.read(file)) : Optional.empty();
  }

  private EmbeddingSettings foreignSettings(ModulesFile modules, DecoderConfig config) {
    Path file = modules.transformer().resolve("sentence_bert_config.json");
    int maxTokens = Math.min(DEFAULT_MAX_TOKENS, config.maxPositions());
    if (Files.exists(file)) {
      maxTokens = JsonObject.read(file).integer("max_seq_length").orElse(maxTokens);
    }
    var defaults = EmbeddingSettings.lastToken(maxTokens);
    return new EmbeddingSettings(
        modules.pooling(), modules.normalize(), maxTokens, defaults.template(), "", Map.of());
  }

  private Map<String, String> prompts() {
    Path file = folder.resolve(SentenceTransformersFile.NAME);
    return Files.exists(file)
        ? JsonObject.read(file).object("prompts").map(JsonObject::texts).orElseGet(Map::of)
        : Map.of();
  }

  /// Where lengths mean something, that they do not here must be said.
  private void warnOfLengths(ModulesFile modules) {
    Path file = folder.resolve(SentenceTransformersFile.NAME);
    boolean dot =
        Files.exists(file)
            && JsonObject.read(file).text("similarity_fn_name").orElse("cosine").equals("dot");
    if (dot && !modules.normalize()) {
      warnings.add(
          folder
              + " compares vectors by dot products of any length; Alidade's vectors have length 1, so"
              + " that its scores are cosines");
    }
  }

  private OptionalInt truncated() {
    Path file = folder.resolve(SentenceTransformersFile.NAME);
    return Files.exists(file) ? JsonObject.read(file).integer("truncate_dim") : OptionalInt.empty();
  }

  private void warnOfChatTemplate(Path transformer) {
    Path tokenizer = transformer.resolve("tokenizer_config.json");
    boolean found =
        Files.exists(transformer.resolve("chat_template.jinja"))
            || Files.exists(transformer.resolve("chat_template.json"))
            || (Files.exists(tokenizer) && JsonObject.read(tokenizer).has("chat_template"));
    if (found) {
      warnings.add(
          folder
              + " has a chat template, which sentence-transformers puts around every text, so that"
              + " its vectors differ from Alidade's; remove it");
    }
  }

  private Backbone openBase(Path transformer, Optional<BaseReference> written) {
    BaseReference reference =
        written.orElseGet(() -> new BaseReference(baseOfPeft(transformer), "", ""));
    Path beside = folder.resolve(reference.name()).normalize();
    Backbone base =
        Files.isDirectory(beside)
            ? FolderBackbone.openFolder(reference.name(), "folder " + beside, beside)
            : resolver.resolve(reference);
    if (!reference.sha256().isEmpty() && !reference.sha256().equals(base.sha256())) {
      String difference =
          "the adapter was trained on weights of %s (%s) with sha256 %s; found are those from %s with sha256 %s"
              .formatted(
                  reference.name(),
                  reference.source(),
                  reference.sha256(),
                  base.source(),
                  base.sha256());
      if (check == BaseCheck.REQUIRE_SAME) {
        base.close();
        throw new AlidadeException(folder + ": " + difference);
      }
      warnings.add(difference);
    }
    return base;
  }

  private static String baseOfPeft(Path transformer) {
    Path file = transformer.resolve(PeftConfig.FILE);
    return PeftConfig.read(file)
        .base()
        .orElseThrow(() -> new DataException(file, "has no \"base_model_name_or_path\""));
  }
}
