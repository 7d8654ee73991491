package io.alidade.model.export;

import io.alidade.core.AlidadeException;
import io.alidade.core.DataException;
import io.alidade.core.Sha256;
import io.alidade.core.WriteFailure;
import io.alidade.model.backbone.BaseReference;
import io.alidade.model.folder.AdapterCopy;
import io.alidade.model.folder.GoldenCase;
import io.alidade.model.folder.ModelContent;
import io.alidade.model.folder.ModelDescription;
import io.alidade.model.folder.ModelFolderWriter;
import io.alidade.model.weights.GgufContent;
import io.alidade.model.weights.GgufType;
import io.alidade.model.weights.GgufWriter;
import io.alidade.model.weights.SafetensorsWriter;
import io.alidade.model.weights.WeightSource;
import io.alidade.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Writes a model folder in the form that another tool reads. Weights are read and written one at a
/// time.
///
/// ```java
/// try (ModelDescription model = ModelFolder.open(folder, library::open, BaseCheck.REQUIRE_SAME)) {
///   ModelExport.gguf(model, GgufType.Q8_0, Path.of("model.gguf"));
/// }
/// ```
public final class ModelExport {
  /// What was written.
  ///
  /// @param sha256 the hash of the file with the weights
  /// @param warnings sentences for people: where the other tool's vectors can differ
  public record Result(Path output, String sha256, List<String> warnings) {
    public Result {
      warnings = List.copyOf(warnings);
    }
  }

  private ModelExport() {}

  /// Writes a GGUF file for llama.cpp, with tokenizer and pooling. An adapter is merged.
  ///
  /// @param type of the matrices; all else is in single precision
  /// @throws AlidadeException if llama.cpp would give other vectors, by the name of what it lacks
  public static Result gguf(ModelDescription model, GgufType type, Path file) {
    if (Files.isDirectory(file)) {
      throw new AlidadeException(
          "%s is a folder; a GGUF file is wanted, such as %s"
              .formatted(file, file.resolve(model.name() + ".gguf")));
    }
    refuseHead(model, "GGUF");
    var export = new GgufExport(model, model.mergedWeights(), type, file);
    GgufContent content = export.content();
    return new Result(file, GgufWriter.write(content), export.warnings());
  }

  /// Writes a folder with merged weights, as training leaves it in `model/`.
  ///
  /// @param folder where the model was opened
  public static Result sentenceTransformers(ModelDescription model, Path folder, Path out) {
    Result result = sentenceTransformers(model, "folder " + folder, out);
    GoldenCase.copy(folder, out);
    return result;
  }

  /// As [#sentenceTransformers(ModelDescription, Path, Path)], without `golden.json`.
  ///
  /// @param source where the weights come from, if the model does not say what it was trained from
  public static Result sentenceTransformers(ModelDescription model, String source, Path out) {
    requireEmpty(out);
    refuseHead(model, "a merged folder");
    WeightSource weights = model.mergedWeights();
    List<SafetensorsWriter.Item> tensors =
        weights.names().stream()
            .filter(name -> !name.equals(WeightSource.OUTPUT_LAYER))
            .map(name -> SafetensorsWriter.Item.of(name, weights, DType.FLOAT32))
            .toList();
    BaseReference base =
        model.base().orElseGet(() -> new BaseReference(model.name(), source, weights.sha256()));
    String sha256 =
        ModelFolderWriter.write(
            out,
            new ModelContent(
                model.name(),
                model.config(),
                model.mergedConfig(),
                model.tokenizer(),
                model.settings(),
                Optional.empty(),
                base,
                Optional.empty(),
                new ModelContent.Merged(tensors)));
    return new Result(out, sha256, List.of());
  }

  /// Writes an adapter's folder with nothing but what PEFT and sentence-transformers read.
  ///
  /// @param folder where the model was opened
  public static Result peft(ModelDescription model, Path folder, Path out) {
    if (model.adapter().isEmpty()) {
      throw new DataException(
          folder,
          "is a merged model, out of which no adapter can be taken; training leaves one in adapter/"
              + " beside it");
    }
    requireEmpty(out);
    refuseHead(model, "an adapter folder");
    Path weights = AdapterCopy.copy(folder, out);
    return new Result(out, Sha256.ofFile(weights), List.of());
  }

  private static void refuseHead(ModelDescription model, String target) {
    if (model.latentFolder().isPresent()) {
      throw new AlidadeException(
          "%s has latent attention (%s), which %s cannot hold; use its folder with Alidade"
              .formatted(model.name(), model.latentFolder().get().getFileName(), target));
    }
    if (!model.denseFolders().isEmpty()) {
      throw new AlidadeException(
          "%s has a Dense module (%s), which %s cannot hold"
              .formatted(model.name(), model.denseFolders().getFirst().getFileName(), target));
    }
    if (model.truncated().isPresent()) {
      throw new AlidadeException(
          "%s cuts its vectors to %d dimensions (truncate_dim), which %s cannot say"
              .formatted(model.name(), model.truncated().getAsInt(), target));
    }
  }

  private static void requireEmpty(Path out) {
    if (!Files.exists(out)) {
      return;
    }
    if (!Files.isDirectory(out)) {
      throw new AlidadeException(out + " is a file; the model is written as a folder");
    }
    try (Stream<Path> files = Files.list(out)) {
      if (files.findAny().isPresent()) {
        throw new AlidadeException(out + " is not empty; choose another folder");
      }
    } catch (IOException e) {
      throw WriteFailure.of(out, e);
    }
  }
}
