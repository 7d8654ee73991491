package io.alidade.onnx.export;

import io.alidade.core.AlidadeException;
import io.alidade.core.DataException;
import io.alidade.model.EncoderConfig;
import io.alidade.model.config.HuggingFaceConfig;
import io.alidade.model.config.JsonObject;
import io.alidade.model.folder.DenseFolder;
import io.alidade.model.head.VectorHead;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.model.weights.WeightSource;
import io.alidade.onnx.folder.SentenceFolder;
import io.alidade.onnx.graph.Graph;
import io.alidade.onnx.graph.ModelFile;
import io.alidade.tensor.TensorScope;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/// Writes an encoder's folder as one for ONNX Runtime and the tools around it: a copy without the
/// weights, and `onnx/model.onnx`, where sentence-transformers and text-embeddings-inference look
/// for it.
///
/// The graph takes `input_ids`, `attention_mask` and, for BERT, `token_type_ids`, all int64
/// `[batch_size, sequence_length]`. It gives `last_hidden_state`, and as `sentence_embedding` what
/// the folder's modules make of it: pooling, linear layers, a cut, length 1. Padding behind a text
/// changes neither. Weights are float32.
///
/// Supported are BERT, RoBERTa, XLM-RoBERTa and ModernBERT.
public final class EncoderExport {
  /// Where the graph is, from the transformer's folder on.
  public static final String MODEL = "onnx/model.onnx";

  private EncoderExport() {}

  /// Writes the folder; it is there whole or not at all.
  ///
  /// @param model a folder of sentence-transformers, or of transformers alone
  /// @param target a folder that does not exist yet
  /// @throws DataException if the model is no encoder of a supported family, or its files disagree
  public static void write(Path model, Path target) {
    Path source = model.toAbsolutePath().normalize();
    refuse(source, target);
    SentenceFolder folder = SentenceFolder.read(source);
    Path transformer = folder.modules().transformer();
    EncoderConfig config = config(transformer.resolve("config.json"));
    try (var _ = TensorScope.open();
        VectorHead head = head(folder);
        WeightSource weights = openWeights(transformer)) {
      Graph graph =
          new EncoderGraph(config, new EncoderWeights(transformer, weights))
              .build(String.valueOf(source.getFileName()), folder, head);
      ExportFolder.write(
          source,
          target,
          folder,
          config.hidden(),
          copy -> ModelFile.write(copy.resolve(MODEL), graph));
    }
  }

  private static EncoderConfig config(Path file) {
    if (HuggingFaceConfig.read(file) instanceof EncoderConfig encoder) {
      return encoder;
    }
    throw new DataException(
        file,
        "\"model_type\" is \"%s\", a decoder; encoders become ONNX"
            .formatted(JsonObject.read(file).requiredText("model_type")));
  }

  private static VectorHead head(SentenceFolder folder) {
    var layers = folder.modules().denseFolders().stream().map(DenseFolder::new);
    return new VectorHead(
        Optional.empty(),
        folder.modules().pooling(),
        layers.map(DenseFolder::load).toList(),
        folder.truncated());
  }

  private static void refuse(Path model, Path target) {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new AlidadeException(target + " exists already; name a folder that does not");
    }
    if (Files.exists(model.resolve("adapter_config.json"))) {
      throw new DataException(
          model, "holds an adapter; only a whole model, with it merged, becomes ONNX");
    }
  }

  private static SafetensorsFile openWeights(Path transformer) {
    Path pickle = transformer.resolve("pytorch_model.bin");
    boolean safe =
        Files.exists(transformer.resolve("model.safetensors"))
            || Files.exists(transformer.resolve("model.safetensors.index.json"));
    if (!safe && Files.exists(pickle)) {
      throw new DataException(
          pickle,
          "is a pickle, which could run code; load and save the model with sentence-transformers to"
              + " get model.safetensors");
    }
    return SafetensorsFile.openFolder(transformer);
  }
}
