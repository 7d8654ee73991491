package io.alidade.eval;

import io.alidade.core.DataException;
import io.alidade.data.JsonLine;
import io.alidade.data.JsonLines;
import io.alidade.data.TaskInfo;
import io.alidade.data.TaskType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads the run that [EvaluationWriter] wrote, items and all, so that runs can be compared and
/// continued.
public final class EvaluationReader {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final EvaluationFiles files;

  private EvaluationReader(EvaluationFiles files) {
    this.files = files;
  }

  /// The run in the folder.
  ///
  /// @throws DataException if there is none or it cannot be read
  public static EvaluationRun read(Path folder) {
    return find(folder)
        .orElseThrow(() -> new DataException(folder, "is no evaluation: it holds no summary.json"));
  }

  /// The run in the folder, if there is one. Tasks whose own files are gone are left out.
  static Optional<EvaluationRun> find(Path folder) {
    var files = new EvaluationFiles(folder);
    return Files.exists(files.summary())
        ? Optional.of(new EvaluationReader(files).run())
        : Optional.empty();
  }

  private EvaluationRun run() {
    try {
      JsonNode summary = JSON.readTree(files.summary());
      MeasuredModel model = model(summary.required("model"));
      var versions = new LinkedHashMap<String, String>();
      summary
          .required("versions")
          .properties()
          .forEach(version -> versions.put(version.getKey(), version.getValue().asString()));
      var environment = new RunEnvironment(summary.required("hardware").asString(), versions);
      var entries = new ArrayList<EvaluationRun.Entry>();
      for (JsonNode entry : summary.required("tasks")) {
        String name = entry.required("task").asString();
        if (Files.exists(files.items(name)) && Files.exists(files.result(model, name))) {
          entries.add(entry(entry));
        }
      }
      return new EvaluationRun(model, environment, entries);
    } catch (JacksonException | IllegalArgumentException e) {
      throw new DataException(
          files.summary(), "is no summary of an evaluation: " + e.getMessage(), e);
    }
  }

  private static MeasuredModel model(JsonNode model) {
    return new MeasuredModel(
        model.required("name").asString(),
        model.required("sha256").asString(),
        model.required("max_tokens").asInt(),
        model.required("dimensions").asInt(),
        model.required("parameters").asLong());
  }

  private EvaluationRun.Entry entry(JsonNode entry) {
    var info =
        new TaskInfo(
            entry.required("task").asString(),
            entry.required("instruction").asString(),
            entry.required("symmetric").asBoolean(),
            entry.required("metric").asString(),
            entry.required("language").asString(),
            entry.required("data_sha256").asString());
    String label = entry.required("type").asString();
    TaskType type =
        TaskType.of(label)
            .orElseThrow(
                () -> new DataException(files.summary(), "unknown task type \"" + label + "\""));
    var metrics = new LinkedHashMap<String, Double>();
    entry
        .required("metrics")
        .properties()
        .forEach(metric -> metrics.put(metric.getKey(), metric.getValue().asDouble()));
    var rankings = new LinkedHashMap<String, List<Hit>>();
    ItemScores items = items(info.name(), type, rankings);
    var scores =
        new TaskScores(
            info,
            type,
            metrics,
            items,
            rankings,
            entry.required("texts").asLong(),
            entry.required("seconds").asDouble());
    return new EvaluationRun.Entry(entry.required("key").asString(), scores);
  }

  private ItemScores items(String task, TaskType type, Map<String, List<Hit>> rankings) {
    var lines = new ArrayList<JsonLine>();
    JsonLines.forEach(files.items(task), lines::add);
    return switch (type) {
      case STS -> new ItemScores.Graded(lines.stream().map(EvaluationReader::graded).toList());
      case PAIR_CLASSIFICATION ->
          new ItemScores.Binary(lines.stream().map(EvaluationReader::binary).toList());
      case RETRIEVAL, CLASSIFICATION, BITEXT ->
          new ItemScores.Mean(lines.stream().map(line -> value(line, rankings)).toList());
    };
  }

  private static ItemScores.Graded.Pair graded(JsonLine line) {
    return new ItemScores.Graded.Pair(
        line.identifier("id"), line.number("predicted"), line.number("truth"));
  }

  private static ItemScores.Binary.Case binary(JsonLine line) {
    return new ItemScores.Binary.Case(
        line.identifier("id"), line.number("predicted"), line.flag("truth"));
  }

  private static ItemScores.Mean.Value value(JsonLine line, Map<String, List<Hit>> rankings) {
    String id = line.identifier("id");
    if (line.has("hits")) {
      var hits = new ArrayList<Hit>();
      for (JsonNode hit : line.object().get("hits")) {
        hits.add(new Hit(hit.required("document").asString(), hit.required("score").floatValue()));
      }
      rankings.put(id, hits);
    }
    return new ItemScores.Mean.Value(id, line.number("value"));
  }
}
