package io.alidade.onnx.export;

import io.alidade.core.AtomicFiles;
import io.alidade.core.WriteFailure;
import io.alidade.model.config.JsonObject;
import io.alidade.model.folder.ModulesFile;
import io.alidade.onnx.folder.SentenceFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The copy of a model's folder that an ONNX file goes into. It is made aside and renamed, so that
/// a folder under the target's name is always whole.
final class ExportFolder {
  /// Folders of other exports, which would be stale or shadow the new one.
  private static final List<String> OTHER_EXPORTS = List.of("onnx", "openvino");

  /// Weights of the transformer, in the forms that tools write.
  private static final String WEIGHTS =
      ".*\\.(safetensors|bin|pt|pth|h5|msgpack|ot|gguf|onnx|onnx_data)(\\.index\\.json)?";

  private ExportFolder() {}

  /// Writes the folder.
  ///
  /// @param hidden the width of the states
  /// @param weights writes the graph into the transformer's folder it is given
  static void write(
      Path model, Path target, SentenceFolder settings, int hidden, Consumer<Path> weights) {
    Path whole = target.toAbsolutePath().normalize();
    Path partial = whole.resolveSibling(whole.getFileName() + AtomicFiles.PARTIAL_SUFFIX);
    try {
      List<Path> files = files(model, settings.modules().transformer());
      delete(partial);
      try {
        for (Path file : files) {
          copy(model.resolve(file), partial.resolve(file));
        }
        Path transformer = partial.resolve(model.relativize(settings.modules().transformer()));
        adapt(partial, transformer, settings, hidden);
        weights.accept(transformer);
        Files.move(partial, whole, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        delete(partial);
      }
    } catch (IOException e) {
      throw WriteFailure.of(target, e);
    }
  }

  /// The files to copy, relative to the model's folder.
  private static List<Path> files(Path model, Path transformer) throws IOException {
    try (Stream<Path> walk = Files.walk(model)) {
      return walk.filter(Files::isRegularFile)
          .filter(file -> !isWeights(file, transformer))
          .map(model::relativize)
          .filter(ExportFolder::isOfModel)
          .toList();
    }
  }

  private static boolean isWeights(Path file, Path transformer) {
    return transformer.equals(file.getParent())
        && String.valueOf(file.getFileName()).matches(WEIGHTS);
  }

  private static boolean isOfModel(Path relative) {
    for (Path part : relative) {
      if (part.toString().startsWith(".") || OTHER_EXPORTS.contains(part.toString())) {
        return false;
      }
    }
    return true;
  }

  private static void copy(Path from, Path to) throws IOException {
    Path parent = to.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.copy(from, to);
  }

  /// Gives the files the form that text-embeddings-inference needs, and everyone else reads.
  private static void adapt(Path folder, Path transformer, SentenceFolder settings, int hidden) {
    if (Files.exists(folder.resolve(ModulesFile.NAME))) {
      ModulesFile.rewrite(folder, hidden);
    }
    Path limits = transformer.resolve(SentenceFolder.LIMITS);
    if (Files.exists(limits) && !SentenceFolder.hasLimit(JsonObject.read(limits))) {
      AtomicFiles.writeText(
          limits,
          "{\n  \"max_seq_length\": %d,\n  \"do_lower_case\": %b\n}\n"
              .formatted(settings.maxTokens(), settings.lowerCase()));
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
