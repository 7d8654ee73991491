package io.alidade.model.folder;

import io.alidade.core.DataException;
import io.alidade.model.config.JsonObject;
import io.alidade.model.head.LatentShape;
import io.alidade.model.head.LatentWeights;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.model.weights.SafetensorsWriter;
import io.alidade.tensor.DType;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The folder of a latent attention module: `config.json` with its sizes and `model.safetensors`
/// with its weights, by the names that the published models have behind `latent_attention_model.`.
public record LatentFolder(Path folder) {
  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.safetensors";

  /// Loads the weights; the caller closes them.
  ///
  /// @param hidden the width of the states that the layer is to take
  public LatentWeights load(int hidden) {
    LatentShape shape = shape();
    if (shape.hidden() != hidden) {
      throw new DataException(
          folder.resolve(CONFIG),
          "has \"hidden\" %d, the model's states have %d".formatted(shape.hidden(), hidden));
    }
    try (SafetensorsFile weights = SafetensorsFile.open(folder.resolve(WEIGHTS))) {
      return LatentWeights.load(shape, weights, DType.FLOAT32);
    }
  }

  /// Reads the sizes.
  public LatentShape shape() {
    JsonObject json = JsonObject.read(folder.resolve(CONFIG));
    try {
      return new LatentShape(
          json.requiredInteger("hidden"),
          json.requiredInteger("latents"),
          json.requiredInteger("heads"),
          json.requiredInteger("head_dim"));
    } catch (IllegalArgumentException e) {
      throw new DataException(json.file(), "" + e.getMessage(), e);
    }
  }

  void write(LatentWeights weights) {
    LatentShape shape = weights.shape();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("hidden", shape.hidden());
    json.put("latents", shape.latents());
    json.put("heads", shape.heads());
    json.put("head_dim", shape.headDim());
    JsonFiles.write(folder.resolve(CONFIG), json);
    List<SafetensorsWriter.Item> items =
        weights.named().entrySet().stream()
            .map(tensor -> SafetensorsWriter.Item.of(tensor.getKey(), tensor.getValue()))
            .toList();
    SafetensorsWriter.write(folder.resolve(WEIGHTS), items);
  }
}
