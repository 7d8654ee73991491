package io.alidade.onnx.export;

import io.alidade.core.DataException;
import io.alidade.model.config.JsonObject;

/// The function between the two linear maps of a feed-forward part.
enum Activation {
  GELU,
  GELU_TANH,
  RELU,
  SILU;

  /// Reads the key of a `config.json`, whose value is one of transformers' names.
  static Activation read(JsonObject json, String key) {
    String name = json.text(key).orElse("gelu");
    return switch (name) {
      case "gelu", "gelu_python" -> GELU;
      case "gelu_new", "gelu_fast", "gelu_accurate", "gelu_pytorch_tanh", "gelu_python_tanh" ->
          GELU_TANH;
      case "relu" -> RELU;
      case "silu", "swish" -> SILU;
      default ->
          throw new DataException(
              json.file(),
              "\"%s\" is \"%s\"; supported are gelu, gelu_new, gelu_pytorch_tanh, relu and silu"
                  .formatted(key, name));
    };
  }
}
