package io.alidade.onnx;

import io.alidade.model.weights.SafetensorsFile;
import io.alidade.tensor.DType;
import io.alidade.tensor.TensorScope;
import io.alidade.testkit.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// The folders that `testkit/scripts/golden_encoder_folders.py` wrote.
public final class EncoderGoldens {
  private EncoderGoldens() {}

  /// A copy of a case's folder.
  public static Path copy(String name, Path folder) throws IOException {
    for (JsonNode file : Golden.json(path(name, "files.json"))) {
      Path parent = folder.resolve(file.asString()).getParent();
      Golden.file(path(name, file.asString()), Files.createDirectories(parent));
    }
    Golden.file(path(name, "golden.json"), folder);
    Golden.file(path(name, "states.safetensors"), folder);
    return folder;
  }

  /// The texts, each with `text`, `ids` and `vector`.
  public static List<JsonNode> texts(String name) {
    return Golden.json(path(name, "golden.json")).get("texts").valueStream().toList();
  }

  public static long[] ids(JsonNode text) {
    return text.get("ids").valueStream().mapToLong(JsonNode::longValue).toArray();
  }

  /// A vector of the golden file, of length 1.
  public static float[] vector(JsonNode text, String key) {
    double[] values = text.get(key).valueStream().mapToDouble(JsonNode::doubleValue).toArray();
    double length = Math.sqrt(Arrays.stream(values).map(x -> x * x).sum());
    float[] vector = new float[values.length];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (values[i] / length);
    }
    return vector;
  }

  /// The states of a text, `[tokens, hidden]`, row by row.
  public static float[] states(Path folder, int text) {
    try (var _ = TensorScope.open();
        var file = SafetensorsFile.open(folder.resolve("states.safetensors"))) {
      return file.tensor("states." + text, DType.FLOAT32).toFloats();
    }
  }

  private static String path(String name, String file) {
    return "encoder-folders/" + name + "/" + file;
  }
}
