package io.alidade.model.folder;

import io.alidade.core.Prompts;
import io.alidade.model.TransformerConfig;
import io.alidade.model.backbone.BaseReference;
import io.alidade.model.head.DenseLayer;
import io.alidade.model.head.LatentAttention;
import io.alidade.model.head.LatentWeights;
import io.alidade.model.head.VectorHead;
import io.alidade.model.tokenizer.Tokenizer;
import io.alidade.model.weights.WeightSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// An embedding model as a folder describes it, with its files open but nothing loaded.
///
/// @param name for people: the folder's name
/// @param mergedConfig the `config.json` for merged weights
/// @param weights of the merged model, or of the base if there is an adapter
/// @param latentFolder the folder of the latent attention before pooling, if there is one
/// @param denseFolders the folders of linear layers behind pooling, in order
/// @param truncated how many dimensions of a vector are kept, if not all
/// @param prompts what stands before inputs
/// @param similarity how the vectors are meant to be compared
/// @param base what it was trained from, if the folder says so
/// @param warnings sentences for people: what was assumed, or could surprise in other tools
public record ModelDescription(
    String name,
    TransformerConfig config,
    String mergedConfig,
    Tokenizer tokenizer,
    WeightSource weights,
    Optional<AdapterDescription> adapter,
    EmbeddingSettings settings,
    Optional<Path> latentFolder,
    List<Path> denseFolders,
    OptionalInt truncated,
    Prompts prompts,
    Similarity similarity,
    Optional<BaseReference> base,
    List<String> warnings)
    implements AutoCloseable {

  public ModelDescription {
    denseFolders = List.copyOf(denseFolders);
    warnings = List.copyOf(warnings);
  }

  /// Loads everything that stands behind the transformer; the caller closes it.
  public VectorHead loadHead() {
    Optional<LatentWeights> latents =
        latentFolder.map(folder -> new LatentFolder(folder).load(config.hidden()));
    List<DenseLayer> layers =
        denseFolders.stream().map(folder -> new DenseFolder(folder).load()).toList();
    return new VectorHead(latents.map(LatentAttention::new), settings.pooling(), layers, truncated);
  }

  /// The weights with the adapter merged into them, if there is one. Closing them closes both.
  public WeightSource mergedWeights() {
    return adapter.map(own -> AdaptedWeights.of(weights, own)).orElse(weights);
  }

  /// The hash of everything that decides the vectors: weights and adapter, tokenizer, template,
  /// longest text, latent attention, pooling, linear layers, cut.
  public String sha256() {
    return ModelIdentity.of(this);
  }

  @Override
  public void close() {
    tokenizer.close();
    weights.close();
    adapter.ifPresent(a -> a.weights().close());
  }
}
