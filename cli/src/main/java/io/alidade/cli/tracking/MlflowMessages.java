package io.alidade.cli.tracking;

import io.alidade.core.manifest.Input;
import io.alidade.core.manifest.Manifest;
import io.alidade.core.recipe.RecipeValues;
import io.alidade.train.ScoreLog;
import io.alidade.train.TrainingLog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What is said of a run in MLflow's form, within its limits: 1,000 metrics, 100 parameters and 100
/// tags a request, keys of 250 characters.
final class MlflowMessages {
  private static final int MOST_METRICS = 1000;
  private static final int STEP_METRICS = 6;
  private static final int MOST_PARAMETERS = 100;

  /// Metrics that every step and every measured step has.
  static final String LOSS = "loss";

  static final String MEAN_SCORE = "score/mean";

  private static final int KEY_LENGTH = 250;

  /// What servers of the last years take; the manifest has the whole value.
  private static final int VALUE_LENGTH = 500;

  private MlflowMessages() {}

  static ObjectNode run(String experimentId, String name, Manifest manifest) {
    ObjectNode run =
        object()
            .put("experiment_id", experimentId)
            .put("run_name", name)
            .put("start_time", Instant.parse(manifest.started()).toEpochMilli());
    ArrayNode tags = run.putArray("tags");
    manifest.versions().forEach((key, value) -> add(tags, "version." + key, value));
    Map<String, Integer> seen = new HashMap<>();
    for (Input input : manifest.inputs()) {
      int index = seen.merge(input.role(), 1, Integer::sum) - 1;
      add(tags, "sha256.%s.%d".formatted(input.role(), index), input.sha256());
    }
    return run;
  }

  /// The resolved recipe, in as many messages as it takes.
  static List<ObjectNode> parameters(String runId, Manifest manifest) {
    var messages = new ArrayList<ObjectNode>();
    ArrayNode parameters = object().arrayNode();
    for (Map.Entry<String, String> entry : RecipeValues.of(manifest.recipe()).entrySet()) {
      if (entry.getValue().isEmpty()) {
        continue;
      }
      if (parameters.isEmpty() || parameters.size() == MOST_PARAMETERS) {
        ObjectNode message = object().put("run_id", runId);
        parameters = message.putArray("params");
        messages.add(message);
      }
      add(parameters, entry.getKey(), entry.getValue());
    }
    return messages;
  }

  /// How many steps a message may have.
  static int mostSteps() {
    return MOST_METRICS / STEP_METRICS;
  }

  static ObjectNode steps(String runId, List<TrainingLog.Line> lines) {
    ObjectNode message = object().put("run_id", runId);
    ArrayNode metrics = message.putArray("metrics");
    for (TrainingLog.Line line : lines) {
      metrics(line)
          .forEach((key, value) -> add(metrics, key, value, line.step(), line.endedMillis()));
    }
    return message;
  }

  private static Map<String, Double> metrics(TrainingLog.Line line) {
    return Map.of(
        LOSS,
        line.loss(),
        "gradient_norm",
        line.gradientNorm(),
        "learning_rate",
        line.learningRate(),
        "tokens_per_second",
        line.tokensPerSecond(),
        "padding_avoided",
        line.paddedTokens() == 0 ? 0 : 1 - (double) line.realTokens() / line.paddedTokens(),
        "memory_bytes",
        (double) line.memoryBytes());
  }

  /// @param millis when they were measured
  static ObjectNode scores(String runId, ScoreLog.Line line, long millis) {
    ObjectNode message = object().put("run_id", runId);
    ArrayNode metrics = message.putArray("metrics");
    add(metrics, MEAN_SCORE, line.mean(), line.step(), millis);
    line.scores().entrySet().stream()
        .limit(MOST_METRICS - 1)
        .forEach(
            entry ->
                add(metrics, "score/" + entry.getKey(), entry.getValue(), line.step(), millis));
    return message;
  }

  static ObjectNode status(String runId, String status) {
    return object().put("run_id", runId).put("status", status);
  }

  private static void add(ArrayNode metrics, String key, double value, int step, long millis) {
    if (Double.isFinite(value)) {
      metrics
          .addObject()
          .put("key", key(key))
          .put("value", value)
          .put("timestamp", millis)
          .put("step", step);
    }
  }

  private static void add(ArrayNode pairs, String key, String value) {
    String shown = value.length() > VALUE_LENGTH ? value.substring(0, VALUE_LENGTH) : value;
    pairs.addObject().put("key", key(key)).put("value", shown);
  }

  /// A name in the letters that MLflow takes.
  private static String key(String name) {
    String known = name.replaceAll("[^\\p{L}\\p{N}_./ -]", "_");
    return known.length() > KEY_LENGTH ? known.substring(0, KEY_LENGTH) : known;
  }

  private static ObjectNode object() {
    return JsonMapper.shared().createObjectNode();
  }
}
