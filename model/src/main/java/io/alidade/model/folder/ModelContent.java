package io.alidade.model.folder;

import io.alidade.model.TransformerConfig;
import io.alidade.model.backbone.BaseReference;
import io.alidade.model.head.LatentWeights;
import io.alidade.model.lora.LoraConfig;
import io.alidade.model.tokenizer.Tokenizer;
import io.alidade.model.weights.SafetensorsWriter;
import java.util.List;
import java.util.Optional;

/// What goes into a model folder.
///
/// @param title the model's name in its card
/// @param mergedConfig the `config.json` for merged weights
/// @param base the weights it was trained from
/// @param latents the latent attention between the transformer and pooling, if there is one
/// @param manifest where the training's manifest is, relative to the folder
public record ModelContent(
    String title,
    TransformerConfig config,
    String mergedConfig,
    Tokenizer tokenizer,
    EmbeddingSettings settings,
    Optional<LatentWeights> latents,
    BaseReference base,
    Optional<String> manifest,
    Weights weights) {

  /// The weights in one of the two forms.
  public sealed interface Weights {}

  /// All weights, under [io.alidade.model.weights.WeightSource]'s names.
  public record Merged(List<SafetensorsWriter.Item> tensors) implements Weights {
    public Merged {
      tensors = List.copyOf(tensors);
    }
  }

  /// A low-rank adapter over the base, its tensors named as in [AdapterDescription].
  public record Adapter(LoraConfig lora, List<SafetensorsWriter.Item> tensors) implements Weights {
    public Adapter {
      tensors = List.copyOf(tensors);
    }
  }
}
