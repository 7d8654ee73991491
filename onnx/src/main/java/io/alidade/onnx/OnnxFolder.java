package io.alidade.onnx;

import io.alidade.core.DataException;
import io.alidade.onnx.export.EncoderExport;
import io.alidade.onnx.folder.SentenceFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The files of a folder with an ONNX model in it.
///
/// @param model the graph
/// @param tokenizer `tokenizer.json`
public record OnnxFolder(Path folder, SentenceFolder settings, Path model, Path tokenizer) {
  private static final List<String> MODELS = List.of(EncoderExport.MODEL, "model.onnx");

  private static final List<String> OTHER_WEIGHTS =
      List.of(
          "model.safetensors",
          "model.safetensors.index.json",
          "pytorch_model.bin",
          "adapter_config.json");

  /// Finds the files.
  ///
  /// @throws DataException if one is missing, or asks for what is not supported
  public static OnnxFolder read(Path folder) {
    Path absolute = folder.toAbsolutePath().normalize();
    SentenceFolder settings = SentenceFolder.read(absolute);
    Path transformer = settings.modules().transformer();
    Path tokenizer = transformer.resolve("tokenizer.json");
    if (!Files.isRegularFile(tokenizer)) {
      throw new DataException(transformer, "has no tokenizer.json");
    }
    Path model =
        MODELS.stream()
            .map(transformer::resolve)
            .filter(Files::isRegularFile)
            .findFirst()
            .orElseThrow(
                () ->
                    new DataException(
                        transformer,
                        "has neither %s nor %s; export the encoder to ONNX first"
                            .formatted(MODELS.getFirst(), MODELS.getLast())));
    return new OnnxFolder(absolute, settings, model, tokenizer);
  }

  /// Whether a folder holds an ONNX model and no other weights.
  public static boolean isSuch(Path folder) {
    return MODELS.stream().anyMatch(model -> Files.isRegularFile(folder.resolve(model)))
        && OTHER_WEIGHTS.stream().noneMatch(file -> Files.exists(folder.resolve(file)));
  }

  /// The folder's own name.
  public String name() {
    return String.valueOf(folder.getFileName());
  }
}
