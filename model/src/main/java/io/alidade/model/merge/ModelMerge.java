package io.alidade.model.merge;

import io.alidade.core.TextInput;
import io.alidade.core.UsageException;
import io.alidade.model.Models;
import io.alidade.model.TextEmbedder;
import io.alidade.model.backbone.Backbone;
import io.alidade.model.backbone.BaseReference;
import io.alidade.model.export.ModelExport;
import io.alidade.model.folder.GoldenCase;
import io.alidade.model.folder.ModelDescription;
import io.alidade.model.folder.ModelFolder;
import io.alidade.model.weights.WeightSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Describes the model that several models make together. They must be alike in all but their
/// weights; adapters are merged into their bases first.
///
/// ```java
/// try (ModelDescription merged = ModelMerge.of(List.of(first, second), new Slerp(0.5))) {
///   ModelMerge.write(merged, "first and second", golden, out);
/// }
/// ```
public final class ModelMerge {
  private ModelMerge() {}

  /// The merged model, with everything but the weights from the first. Closing it closes all.
  ///
  /// @param models as many as the combination takes
  /// @throws UsageException if they are not alike, by what differs
  public static ModelDescription of(List<ModelDescription> models, Combination combination) {
    if (models.size() != combination.models()) {
      throw new UsageException(
          "%s takes %d models, given are %d"
              .formatted(combination.describe(), combination.models(), models.size()));
    }
    ModelDescription first = models.getFirst();
    for (ModelDescription other : models.subList(1, models.size())) {
      requireAlike(first, other);
    }
    var weights = new MergedWeights(models, combination);
    for (int i = 1; i < models.size(); i++) {
      requireSameTensors(
          first, weights.sources().getFirst(), models.get(i), weights.sources().get(i));
    }
    return new ModelDescription(
        "merged",
        first.config(),
        first.mergedConfig(),
        first.tokenizer(),
        weights,
        Optional.empty(),
        first.settings(),
        Optional.empty(),
        List.of(),
        first.truncated(),
        first.prompts(),
        first.similarity(),
        first.base(),
        List.of());
  }

  /// Writes a merged model's folder, with vectors of its own for these texts in `golden.json`.
  ///
  /// @param source how it came to be, for people
  public static void write(
      ModelDescription merged, String source, List<TextInput> golden, Path out) {
    ModelExport.sentenceTransformers(merged, source, out);
    var description =
        ModelFolder.open(out, ModelMerge::refuseBase, ModelFolder.BaseCheck.REQUIRE_SAME);
    try (TextEmbedder embedder = Models.load(description)) {
      float[][] vectors = embedder.embed(golden);
      var cases = new ArrayList<GoldenCase>();
      for (int i = 0; i < golden.size(); i++) {
        String rendered = embedder.template().render(golden.get(i));
        cases.add(GoldenCase.of(golden.get(i), rendered, vectors[i]));
      }
      GoldenCase.writeAll(out, cases);
    }
  }

  private static Backbone refuseBase(BaseReference reference) {
    throw new IllegalStateException("a merged folder needs no base, such as " + reference.name());
  }

  private static void requireAlike(ModelDescription first, ModelDescription other) {
    var differences = new ArrayList<String>();
    if (!first.config().equals(other.config())) {
      differences.add("shape or settings of the transformer (config.json)");
    }
    if (!first.tokenizer().json().text().equals(other.tokenizer().json().text())) {
      differences.add("tokenizer");
    }
    if (!first.settings().pooling().equals(other.settings().pooling())) {
      differences.add("pooling");
    }
    if (!first.settings().template().equals(other.settings().template())) {
      differences.add("template");
    }
    if (!first.denseFolders().isEmpty() || !other.denseFolders().isEmpty()) {
      differences.add("Dense modules, which are not merged");
    }
    if (first.latentFolder().isPresent() || other.latentFolder().isPresent()) {
      differences.add("latent attention, which is not merged");
    }
    if (!first.truncated().equals(other.truncated())) {
      differences.add("truncate_dim");
    }
    if (!differences.isEmpty()) {
      throw new UsageException(
          "%s and %s cannot be merged; they differ in: %s"
              .formatted(first.name(), other.name(), String.join(", ", differences)));
    }
  }

  private static void requireSameTensors(
      ModelDescription first, WeightSource left, ModelDescription other, WeightSource right) {
    Set<String> both = new TreeSet<>(left.names());
    both.retainAll(Set.copyOf(right.names()));
    Stream.concat(left.names().stream(), right.names().stream())
        .filter(name -> !both.contains(name) && !name.equals(WeightSource.OUTPUT_LAYER))
        .findFirst()
        .ifPresent(
            name -> {
              throw new UsageException(
                  "%s and %s cannot be merged; only one of them has the tensor %s"
                      .formatted(first.name(), other.name(), name));
            });
    for (String name : both) {
      if (!Arrays.equals(left.shape(name), right.shape(name))) {
        throw new UsageException(
            "%s and %s cannot be merged; %s has shape %s in one and %s in the other"
                .formatted(
                    first.name(),
                    other.name(),
                    name,
                    Arrays.toString(left.shape(name)),
                    Arrays.toString(right.shape(name))));
      }
    }
  }
}
