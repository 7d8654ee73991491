package io.alidade.model;

import io.alidade.model.config.HuggingFaceConfig;
import io.alidade.model.decoder.Decoder;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.tensor.Tensor;
import io.alidade.testkit.Golden;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// A small model of a family as `testkit/scripts/golden_families.py` wrote it, with its texts.
///
/// @param folder where its files are put
public record TinyFamily(String name, Path folder) {

  public TinyFamily {
    try {
      folder = Files.createDirectories(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public DecoderConfig config() {
    return (DecoderConfig) HuggingFaceConfig.read(file("config.json"));
  }

  public SafetensorsFile weights() {
    return SafetensorsFile.open(file("model.safetensors"));
  }

  private Path file(String file) {
    return Golden.file("families/" + name + "/" + file, folder);
  }

  public List<int[]> texts() {
    var texts = new ArrayList<int[]>();
    for (JsonNode ids : Golden.json("families/" + name + "/golden.json").get("ids")) {
      texts.add(ids.valueStream().mapToInt(JsonNode::intValue).toArray());
    }
    return texts;
  }

  /// The state of each text's last token, each text alone, `[texts, hidden]`.
  public static Tensor statesAlone(Decoder decoder, List<int[]> texts) {
    return Tensor.concatenate(
        texts.stream().map(text -> decoder.lastStates(decoder.pack(List.of(text)))).toList());
  }

  /// States at length 1, as an embedder gives them.
  public static Tensor vectors(Tensor states) {
    return states.times(states.norms().inverse());
  }

  /// The largest difference of two tensors of the same shape.
  public static double largestDifference(Tensor left, Tensor right) {
    float[] differences = left.minus(right).toFloats();
    double largest = 0;
    for (float difference : differences) {
      // A comparison with NaN is false, so it must be asked for.
      largest = Float.isNaN(difference) ? Double.NaN : Math.max(largest, Math.abs(difference));
    }
    return largest;
  }
}
