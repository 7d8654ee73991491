package io.alidade.model.folder;

import io.alidade.core.DataException;
import io.alidade.model.config.JsonObject;
import io.alidade.model.head.DenseLayer;
import io.alidade.model.head.DenseLayer.Activation;
import io.alidade.model.weights.PickledWeights;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// The folder of a `Dense` module of sentence-transformers: `config.json` and `model.safetensors`.
public record DenseFolder(Path folder) {
  private static final String WEIGHT = "linear.weight";
  private static final String BIAS = "linear.bias";
  private static final String SENTENCE = "sentence_embedding";

  /// By the names of torch's classes, without arguments.
  private static final Map<String, Activation> ACTIVATIONS =
      Map.of(
          "torch.nn.modules.linear.Identity", Activation.IDENTITY,
          "torch.nn.modules.activation.Tanh", Activation.TANH,
          "torch.nn.modules.activation.ReLU", Activation.RELU,
          "torch.nn.modules.activation.GELU", Activation.GELU,
          "torch.nn.modules.activation.SiLU", Activation.SILU,
          "torch.nn.modules.activation.Sigmoid", Activation.SIGMOID);

  /// Loads the layer; the caller closes it.
  public DenseLayer load() {
    JsonObject config = JsonObject.read(folder.resolve("config.json"));
    refuseUnsupported(config);
    Path file = folder.resolve("model.safetensors");
    PickledWeights.refuseInPlaceOf(
        file,
        List.of("pytorch_model.bin"),
        "SentenceTransformer(MODEL).save_pretrained(MODEL) of sentence-transformers");
    try (SafetensorsFile weights = SafetensorsFile.open(file)) {
      Tensor weight = owned(weights, WEIGHT);
      requireShape(config, file, weight);
      return new DenseLayer(
          weight,
          config.flag("bias").orElse(true) ? Optional.of(owned(weights, BIAS)) : Optional.empty(),
          activation(config));
    }
  }

  private static Tensor owned(SafetensorsFile weights, String name) {
    return Tensor.owned(DType.FLOAT32, weights.shape(name))
        .copyFrom(weights.tensor(name, DType.FLOAT32));
  }

  private static void requireShape(JsonObject config, Path file, Tensor weight) {
    int inputs = config.requiredInteger("in_features");
    int outputs = config.requiredInteger("out_features");
    if (weight.size(0) != outputs || weight.size(1) != inputs) {
      throw new DataException(
          file,
          "%s has shape [%d, %d], config.json asks for [%d, %d]"
              .formatted(WEIGHT, weight.size(0), weight.size(1), outputs, inputs));
    }
  }

  /// Newer keys that change what the layer does.
  private static void refuseUnsupported(JsonObject config) {
    if (config.flag("use_residual").orElse(false)) {
      throw new DataException(config.file(), "\"use_residual\": true is not supported");
    }
    for (String key : List.of("module_input_name", "module_output_name")) {
      String name = config.text(key).orElse(SENTENCE);
      if (!name.equals(SENTENCE)) {
        throw new DataException(
            config.file(),
            "\"%s\" is \"%s\"; only %s is supported, a layer behind pooling"
                .formatted(key, name, SENTENCE));
      }
    }
  }

  private static Activation activation(JsonObject config) {
    String name = config.text("activation_function").orElse("torch.nn.modules.activation.Tanh");
    return Optional.ofNullable(ACTIVATIONS.get(name))
        .orElseThrow(
            () ->
                new DataException(
                    config.file(),
                    "\"activation_function\" is \"%s\"; supported are %s"
                        .formatted(name, String.join(", ", new TreeSet<>(ACTIVATIONS.keySet())))));
  }
}
