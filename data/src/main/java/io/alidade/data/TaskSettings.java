package io.alidade.data;

import io.alidade.core.DataException;
import io.alidade.core.NearestName;
import io.alidade.core.ParserMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// What `task.yaml` beside a task's files says. Every key may be absent.
final class TaskSettings {
  static final String FILE_NAME = "task.yaml";
  private static final List<String> KEYS =
      List.of("type", "instruction", "symmetric", "metric", "language", "name");
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Path file;
  private final ObjectNode keys;

  private TaskSettings(Path file, ObjectNode keys) {
    this.file = file;
    this.keys = keys;
  }

  /// The settings of a folder; those of a folder without `task.yaml` are all absent.
  static TaskSettings of(Path folder) {
    Path file = folder.resolve(FILE_NAME);
    if (!Files.exists(file)) {
      return new TaskSettings(file, YAML.createObjectNode());
    }
    JsonNode content;
    try {
      content = YAML.readTree(file);
    } catch (JacksonException e) {
      throw new DataException(
          file, e.getLocation().getLineNr(), "broken YAML: " + ParserMessage.of(e));
    }
    if (!(content instanceof ObjectNode keys)) {
      throw new DataException(file, "must hold keys out of " + String.join(", ", KEYS));
    }
    for (String key : keys.propertyNames()) {
      if (!KEYS.contains(key)) {
        throw new DataException(
            file,
            "unknown key \"%s\"%s; allowed are %s"
                .formatted(key, NearestName.hint(key, KEYS), String.join(", ", KEYS)));
      }
    }
    return new TaskSettings(file, keys);
  }

  Optional<TaskType> type() {
    return text("type")
        .map(
            label ->
                TaskType.of(label).orElseThrow(() -> notAllowed("type", label, TaskType.labels())));
  }

  /// The task's values: what is set here, else the type's own.
  TaskInfo info(TaskType type, String fileName, String sha256) {
    String metric = text("metric").orElse(type.defaultMetric());
    if (!type.metrics().contains(metric)) {
      throw notAllowed("metric", metric, type.metrics());
    }
    return new TaskInfo(
        text("name").orElse(fileName),
        text("instruction").orElse(""),
        symmetric().orElse(type.symmetric()),
        metric,
        text("language").orElse(TrainingDefaults.LANGUAGE),
        sha256);
  }

  private Optional<Boolean> symmetric() {
    if (!keys.hasNonNull("symmetric")) {
      return Optional.empty();
    }
    if (!keys.get("symmetric").isBoolean()) {
      throw new DataException(
          file,
          "symmetric is \"" + keys.get("symmetric").asString() + "\"; allowed are true, false");
    }
    return Optional.of(keys.get("symmetric").booleanValue());
  }

  private Optional<String> text(String key) {
    if (!keys.hasNonNull(key)) {
      return Optional.empty();
    }
    if (!keys.get(key).isValueNode()) {
      throw new DataException(file, key + " must be a text");
    }
    return Optional.of(keys.get(key).asString());
  }

  private DataException notAllowed(String key, String value, List<String> allowed) {
    return new DataException(
        file,
        "%s is \"%s\"%s; allowed are %s"
            .formatted(key, value, NearestName.hint(value, allowed), String.join(", ", allowed)));
  }
}
