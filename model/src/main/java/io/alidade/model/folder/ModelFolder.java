package io.alidade.model.folder;

import io.alidade.core.AlidadeException;
import io.alidade.core.DataException;
import io.alidade.core.Prompts;
import io.alidade.model.Models;
import io.alidade.model.TransformerConfig;
import io.alidade.model.backbone.Backbone;
import io.alidade.model.backbone.BackboneLibrary;
import io.alidade.model.backbone.BaseReference;
import io.alidade.model.backbone.FolderBackbone;
import io.alidade.model.config.JsonObject;
import io.alidade.model.head.Pooling;
import io.alidade.model.head.TextPooling;
import io.alidade.model.tokenizer.Tokenizer;
import io.alidade.model.tokenizer.TokenizerFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
  private final SentenceTransformersFile file;
  private final List<String> warnings = new ArrayList<>();

  private ModelFolder(BackboneLibrary.Location location, BaseResolver resolver, BaseCheck check) {
    this.location = location;
    this.folder = location.path();
    this.file = SentenceTransformersFile.read(folder);
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
    ModulesFile modules =
        listed ? ModulesFile.read(folder) : ModulesFile.of(folder, TextPooling.LAST_TOKEN);
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
    warnOfChatTemplate(transformer);
    warnOfLengths(modules);
    warnOfPassages();
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
    if (!TokenizerFolder.isIn(transformer)) {
      return base.tokenizer();
    }
    Tokenizer own = TokenizerFolder.read(transformer);
    base.tokenizer().close();
    return own;
  }

  private ModelDescription describe(
      ModulesFile found,
      Optional<AlidadeFile> own,
      Backbone model,
      Tokenizer tokenizer,
      Optional<AdapterDescription> adapter) {
    ModulesFile modules =
        Files.exists(folder.resolve(ModulesFile.NAME)) ? found : assumed(model.config());
    EmbeddingSettings settings =
        own.map(AlidadeFile::settings).orElseGet(() -> foreignSettings(modules, model.config()));
    if (own.isPresent() && !settings.pooling().equals(modules.pooling())) {
      throw new DataException(
          folder.resolve(AlidadeFile.NAME),
          "says pooling %s, %s says %s"
              .formatted(settings.pooling(), ModulesFile.POOLING_FOLDER, modules.pooling()));
    }
    warnOfPositions(settings.maxTokens(), model.config());
    return new ModelDescription(
        location.name(),
        model.config(),
        model.mergedConfig(),
        ended(tokenizer, settings.pooling()),
        model.weights(),
        adapter,
        settings,
        modules.latentFolder(),
        modules.denseFolders(),
        file.truncated(),
        prompts(own, settings),
        file.similarity(),
        own.map(AlidadeFile::base),
        warnings);
  }

  private ModulesFile assumed(TransformerConfig config) {
    Pooling pooling = Models.usualPooling(config);
    warnings.add(
        "%s has no modules.json, so %s pooled and normalised"
            .formatted(
                folder,
                pooling == Pooling.MEAN ? "the mean of all tokens is" : "the last token is"));
    return ModulesFile.of(folder, TextPooling.of(pooling));
  }

  private void warnOfPositions(int maxTokens, TransformerConfig config) {
    OptionalInt limit = config.tokenLimit();
    if (limit.isPresent() && maxTokens > limit.getAsInt()) {
      warnings.add(
          "%s asks for texts of up to %d tokens, but the model has positions for %d; longer texts are cut to these"
              .formatted(folder, maxTokens, limit.getAsInt()));
    }
  }

  /// Where the embedding is read at the last token, that is the end token, whatever the files say;
  /// elsewhere a text has the tokens that they ask for.
  private Tokenizer ended(Tokenizer tokenizer, TextPooling pooling) {
    if (tokenizer.endsTextsItself()) {
      return tokenizer;
    }
    if (!pooling.modes().contains(Pooling.LAST_TOKEN)) {
      return tokenizer.withoutEnd();
    }
    if (Files.exists(folder.resolve(ModulesFile.NAME))) {
      warnings.add(
          folder
              + " pools the last token, but its tokenizer puts no end token there; Alidade does, so"
              + " that its vectors differ from other tools'");
    }
    return tokenizer;
  }

  private Optional<AlidadeFile> ownFile() {
    Path file = folder.resolve(AlidadeFile.NAME);
    return Files.exists(file) ? Optional.of(AlidadeFile.read(file)) : Optional.empty();
  }

  private EmbeddingSettings foreignSettings(ModulesFile modules, TransformerConfig config) {
    boolean listed = Files.exists(folder.resolve(ModulesFile.NAME));
    ForeignSettings.requireOwnCase(modules.transformer());
    int maxTokens =
        listed
            ? ForeignSettings.maxTokens(modules.transformer(), config.maxPositions())
            : Math.min(DEFAULT_MAX_TOKENS, config.maxPositions());
    return ForeignSettings.of(modules, file.prompts(), maxTokens);
  }

  /// Of Alidade's own folders `alidade.json` decides, of others the library's file.
  private Prompts prompts(Optional<AlidadeFile> own, EmbeddingSettings settings) {
    try {
      return new Prompts(
          settings.template(),
          settings.defaultInstruction(),
          own.isPresent() ? SentenceTransformersFile.prompts(settings) : file.prompts(),
          own.isPresent() ? Optional.empty() : file.defaultPrompt());
    } catch (IllegalArgumentException e) {
      throw new DataException(
          folder.resolve(SentenceTransformersFile.NAME), "" + e.getMessage(), e);
    }
  }

  /// Where lengths mean something, or distances along the axes, that they do not here must be said.
  private void warnOfLengths(ModulesFile modules) {
    boolean ranksAlike =
        switch (file.similarity()) {
          case COSINE -> true;
          case DOT, EUCLIDEAN -> modules.normalize();
          case MANHATTAN -> false;
        };
    if (!ranksAlike) {
      warnings.add(
          "%s compares vectors of any length by %s (similarity_fn_name); Alidade's vectors have length 1 and are compared by cosine"
              .formatted(folder, file.similarity().label()));
    }
  }

  /// sentence-transformers gives every model an empty prompt `document`, which hides these.
  private void warnOfPassages() {
    for (String name : List.of("passage", "corpus")) {
      if (file.prompts().containsKey(name) && !file.prompts().containsKey("document")) {
        warnings.add(
            "%s has a prompt \"%s\" but none called \"document\", so that documents get none, as in sentence-transformers; use --prompt %s for them"
                .formatted(folder, name, name));
      }
    }
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
