package io.alidade.cli.command;

import io.alidade.cli.engine.LoadedModel;
import io.alidade.core.TextInput;
import io.alidade.model.TextEmbedder;
import io.alidade.model.folder.GoldenCase;
import io.alidade.model.folder.ModelInspection;
import io.alidade.model.head.TextPooling;
import io.alidade.model.transformer.Transformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Whether a model gives the vectors it should: read at the end token, of unit length, the same
/// alone and in a batch, and those of its golden texts.
final class ModelChecks {
  private static final double TOLERANCE = 1e-5;

  /// Short and long, so that a padded or packed batch would show.
  private static final List<TextInput> PROBES =
      List.of(
          TextInput.document("a"),
          TextInput.document("The quick brown fox jumps over the lazy dog. ".repeat(8)),
          TextInput.query("Given a question, find its answer", "Where does the sun rise?"),
          TextInput.document(""));

  private ModelChecks() {}

  static List<Check> run(LoadedModel model) {
    float[][] together = model.embedder().embed(PROBES);
    var checks = new ArrayList<Check>();
    checks.add(
        Check.ok(
            "model",
            "%s, %d dimensions, sha256 %.12s"
                .formatted(
                    model.description().name(),
                    model.embedder().dimensions(),
                    model.description().sha256())));
    model.findings().forEach(finding -> checks.add(check(finding)));
    if (model.embedder() instanceof TextEmbedder embedder) {
      checks.addAll(embedder(embedder, model));
    }
    checks.add(difference("unit length", largestNormError(together)));
    checks.add(difference("alone and in a batch", largestBatchError(model, together)));
    checks.add(
        model.golden().isEmpty()
            ? Check.warning("golden vectors", "the model folder has none")
            : difference("golden vectors", largestGoldenError(model)));
    return checks;
  }

  private static List<Check> embedder(TextEmbedder embedder, LoadedModel model) {
    Check weights = weights(embedder.transformer());
    return embedder.pooling().equals(TextPooling.LAST_TOKEN)
        ? List.of(
            weights,
            TokenizerChecks.run(embedder.tokenizer(), embedder.maxTokens(), model.folder()))
        : List.of(weights);
  }

  private static Check weights(Transformer transformer) {
    double gigabytes = transformer.parameters() * Float.BYTES / 1e9;
    return Check.ok(
        "weights",
        String.format(
            Locale.ROOT,
            transformer.mapped()
                ? "mapped from their files, %.2f GB if they were loaded"
                : "loaded, %.2f GB",
            gigabytes));
  }

  private static Check check(ModelInspection.Finding finding) {
    return finding
        .problem()
        .map(problem -> warning(finding, problem))
        .orElseGet(() -> Check.ok(finding.name(), finding.detail()));
  }

  private static Check warning(ModelInspection.Finding finding, String problem) {
    return Check.warning(
        finding.name(), problem.isEmpty() ? finding.detail() : finding.detail() + "; " + problem);
  }

  private static Check difference(String name, double largest) {
    String detail = String.format(Locale.ROOT, "largest difference %.1e", largest);
    return largest <= TOLERANCE
        ? Check.ok(name, detail)
        : Check.failed(
            name, String.format(Locale.ROOT, "%s, at most %.0e is allowed", detail, TOLERANCE));
  }

  private static double largestNormError(float[][] vectors) {
    double largest = 0;
    for (float[] vector : vectors) {
      double square = 0;
      for (float value : vector) {
        square += (double) value * value;
      }
      largest = Math.max(largest, Math.abs(Math.sqrt(square) - 1));
    }
    return largest;
  }

  private static double largestBatchError(LoadedModel model, float[][] together) {
    double largest = 0;
    for (int i = 0; i < together.length; i++) {
      float[] alone = model.embedder().embed(List.of(PROBES.get(i)))[0];
      largest = Math.max(largest, distance(alone, together[i]));
    }
    return largest;
  }

  private static double largestGoldenError(LoadedModel model) {
    List<TextInput> inputs = model.golden().stream().map(GoldenCase::input).toList();
    float[][] vectors = model.embedder().embed(inputs);
    double largest = 0;
    for (int i = 0; i < vectors.length; i++) {
      largest = Math.max(largest, distance(vectors[i], floats(model.golden().get(i).embedding())));
    }
    return largest;
  }

  private static float[] floats(List<Float> values) {
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }

  /// The largest difference of a component; vectors of other lengths are infinitely far.
  private static double distance(float[] a, float[] b) {
    if (a.length != b.length) {
      return Double.POSITIVE_INFINITY;
    }
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = Math.abs((double) a[i] - b[i]);
      // A comparison with NaN is false, so it must be asked for.
      largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(largest, difference);
    }
    return largest;
  }
}
