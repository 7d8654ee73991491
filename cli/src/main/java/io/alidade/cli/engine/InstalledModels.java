package io.alidade.cli.engine;

import static io.alidade.model.folder.ModelFolder.BaseCheck.REQUIRE_SAME;

import com.google.errorprone.annotations.MustBeClosed;
import io.alidade.core.AlidadeException;
import io.alidade.core.Embedder;
import io.alidade.core.Progress;
import io.alidade.core.Prompts;
import io.alidade.core.Sha256;
import io.alidade.core.UsageException;
import io.alidade.eval.MeasuredModel;
import io.alidade.model.AttentionOverrides;
import io.alidade.model.LoadSettings;
import io.alidade.model.Models;
import io.alidade.model.TextEmbedder;
import io.alidade.model.backbone.Backbone;
import io.alidade.model.backbone.BackboneLibrary;
import io.alidade.model.backbone.BackboneSettings;
import io.alidade.model.folder.GoldenCase;
import io.alidade.model.folder.ModelDescription;
import io.alidade.model.folder.ModelFolder;
import io.alidade.model.folder.ModelInspection;
import io.alidade.model.head.Pooling;
import io.alidade.model.head.TextPooling;
import io.alidade.onnx.OnnxEmbedder;
import io.alidade.onnx.OnnxFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Opens model folders, those with ONNX among them, backbones by name or file, and the encoder off
/// the shelf.
public final class InstalledModels implements ModelLoader {
  /// The name of the encoder that comes with the command line.
  public static final String E5_SMALL = "e5-small-v2";

  /// The name of the untrained backbone with mean pooling, in the quickstart's table.
  private static final String MEAN_POOLING = "baseline/mean-pooling";

  private static final int BACKBONE_MAX_TOKENS = 512;

  private final Consumer<String> notes;

  /// @param notes told in a line each what was assumed or failed on the way
  public InstalledModels(Consumer<String> notes) {
    Set<String> told = ConcurrentHashMap.newKeySet();
    // A source that is out of reach would be said again at every model that is opened.
    this.notes =
        note -> {
          if (told.add(note)) {
            notes.accept(note);
          }
        };
  }

  @Override
  @MustBeClosed
  @SuppressWarnings("MustBeClosed") // whoever opens the model closes the embedder in it
  public LoadedModel open(String folderOrName, LoadSettings settings, Progress progress) {
    if (folderOrName.equals(E5_SMALL)) {
      requireDefaults(settings, E5_SMALL);
      return e5Small();
    }
    BackboneLibrary library = library(progress);
    Path folder = Path.of(folderOrName);
    if (OnnxFolder.isSuch(folder)) {
      requireDefaults(settings, folderOrName);
      return onnx(OnnxFolder.read(folder));
    }
    if (Files.isDirectory(folder)) {
      return model(ModelFolder.open(folder, library::open, REQUIRE_SAME), folder, settings);
    }
    boolean path = folderOrName.startsWith(".") || folderOrName.startsWith("/");
    if (path && !Files.exists(folder)) {
      throw new AlidadeException(
          "model \"%s\" does not exist; a folder, a hub name like %s, a .gguf file or %s is needed"
              .formatted(folderOrName, BackboneLibrary.DEFAULT_BACKBONE, E5_SMALL));
    }
    BackboneLibrary.Location location = library.locate(folderOrName);
    if (Files.isDirectory(location.path())) {
      var description = ModelFolder.open(location, library::open, REQUIRE_SAME);
      return model(description, location.path(), settings);
    }
    Backbone backbone = BackboneLibrary.open(location);
    Pooling pooling = backbone.pooling().orElse(Models.usualPooling(backbone.config()));
    return backbone(backbone, pooling, settings);
  }

  private static void requireDefaults(LoadSettings settings, String name) {
    if (!settings.equals(LoadSettings.defaults())) {
      throw new UsageException(
          name + " is run by ONNX Runtime as it is; leave out how it is to be loaded");
    }
  }

  /// The library with this process's settings.
  public BackboneLibrary library(Progress progress) {
    return new BackboneLibrary(BackboneSettings.fromEnvironment(), notes, progress);
  }

  /// An untrained backbone as a model.
  @MustBeClosed
  public LoadedModel backbone(Backbone backbone, Pooling pooling) {
    return backbone(backbone, pooling, LoadSettings.defaults());
  }

  /// An untrained backbone as several models that share their work, one a pooling.
  @MustBeClosed
  @SuppressWarnings("MustBeClosed")
  public PooledBackbone backbone(Backbone backbone, List<Pooling> poolings) {
    LoadSettings settings = LoadSettings.defaults();
    TextEmbedder embedder = load(backbone, new TextPooling(poolings, true), settings);
    return new PooledBackbone(
        embedder,
        poolings,
        (view, pooling) -> untrained(backbone, pooling, settings, embedder, view));
  }

  @MustBeClosed
  @SuppressWarnings("MustBeClosed")
  private LoadedModel backbone(Backbone backbone, Pooling pooling, LoadSettings settings) {
    TextEmbedder embedder = load(backbone, TextPooling.of(pooling), settings);
    Pooling used = settings.pooling().orElse(pooling);
    return untrained(backbone, used, settings, embedder, embedder);
  }

  @MustBeClosed
  private TextEmbedder load(Backbone backbone, TextPooling pooling, LoadSettings settings) {
    return Models.load(backbone, pooling, BACKBONE_MAX_TOKENS, settings, notes);
  }

  /// @param used gives the model's vectors
  @MustBeClosed
  private static LoadedModel untrained(
      Backbone backbone,
      Pooling pooling,
      LoadSettings settings,
      TextEmbedder loaded,
      Embedder used) {
    boolean usual = pooling == Models.usualPooling(backbone.config());
    String name = pooling == Pooling.MEAN && !usual ? MEAN_POOLING : backbone.name();
    return new LoadedModel(
        used,
        new MeasuredModel(
            name,
            identity(backbone.sha256(), settings),
            loaded.maxTokens(),
            used.dimensions(),
            loaded.transformer().parameters()),
        Path.of(backbone.source()),
        Prompts.of(loaded.template()),
        List.of(),
        List.of());
  }

  /// A model that is described already, such as one that others make together.
  ///
  /// @param folder where what it says about itself lies
  @MustBeClosed
  public LoadedModel open(ModelDescription description, Path folder) {
    return model(description, folder, LoadSettings.defaults());
  }

  @MustBeClosed
  @SuppressWarnings("MustBeClosed")
  private LoadedModel model(ModelDescription description, Path folder, LoadSettings settings) {
    description.warnings().forEach(notes);
    // Before loading, which closes the weights.
    String sha256 = description.sha256();
    List<ModelInspection.Finding> findings = ModelInspection.of(folder, description);
    TextEmbedder embedder = Models.load(description, settings, notes);
    List<GoldenCase> golden =
        Files.exists(folder.resolve(GoldenCase.FILE)) ? GoldenCase.readAll(folder) : List.of();
    return new LoadedModel(
        embedder,
        describe(description.name(), identity(sha256, settings), embedder),
        folder,
        description.prompts(),
        golden,
        findings);
  }

  /// With another attention or pooling it is another model. Where its weights are makes no
  /// difference.
  private static String identity(String sha256, LoadSettings settings) {
    String attended =
        settings.attention().equals(AttentionOverrides.NONE)
            ? sha256
            : Sha256.ofText(sha256 + settings.attention());
    return settings.pooling().map(way -> Sha256.ofText(attended + way)).orElse(attended);
  }

  private static MeasuredModel describe(String name, String sha256, TextEmbedder embedder) {
    return new MeasuredModel(
        name,
        sha256,
        embedder.maxTokens(),
        embedder.dimensions(),
        embedder.transformer().parameters());
  }

  @MustBeClosed
  @SuppressWarnings("MustBeClosed")
  private static LoadedModel e5Small() {
    return onnx(OnnxEmbedder.e5SmallV2(), OnnxEmbedder.E5_SMALL_V2_SHA256, Path.of(E5_SMALL));
  }

  @MustBeClosed
  @SuppressWarnings("MustBeClosed")
  private static LoadedModel onnx(OnnxFolder folder) {
    return onnx(OnnxEmbedder.open(folder), Sha256.ofFile(folder.model()), folder.folder());
  }

  @MustBeClosed
  @SuppressWarnings("MustBeClosed")
  private static LoadedModel onnx(OnnxEmbedder embedder, String sha256, Path folder) {
    return new LoadedModel(
        embedder,
        new MeasuredModel(embedder.name(), sha256, embedder.maxTokens(), embedder.dimensions(), 0),
        folder,
        Prompts.of(embedder.template()),
        List.of(),
        List.of());
  }
}
