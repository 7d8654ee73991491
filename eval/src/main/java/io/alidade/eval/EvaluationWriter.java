package io.alidade.eval;

import io.alidade.core.AtomicFiles;
import io.alidade.data.TaskInfo;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Writes a run into its folder ([EvaluationFiles]), each file whole or not at all. `summary.json`
/// comes last: what it names is there.
public final class EvaluationWriter {
  private static final int FORMAT = 1;
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final JsonMapper INDENTED =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final EvaluationFiles files;

  public EvaluationWriter(Path folder) {
    this.files = new EvaluationFiles(folder);
  }

  /// Writes the files of one task of the run.
  public void writeTask(EvaluationRun run, TaskScores scores) {
    writeItems(scores);
    String task = scores.task().name();
    writeJson(files.result(run.model(), task), MtebLayout.taskResult(scores));
    writeJson(files.modelMeta(run.model()), MtebLayout.modelMeta(run.model()));
  }

  /// Writes what [EvaluationReader] reads the run from.
  public void writeSummary(EvaluationRun run) {
    var summary = new LinkedHashMap<String, Object>();
    summary.put("format", FORMAT);
    summary.put("model", model(run.model()));
    summary.put("hardware", run.environment().hardware());
    summary.put("versions", run.environment().versions());
    summary.put("tasks", run.entries().stream().map(EvaluationWriter::entry).toList());
    writeJson(files.summary(), summary);
  }

  private static Map<String, Object> model(MeasuredModel model) {
    var keys = new LinkedHashMap<String, Object>();
    keys.put("name", model.name());
    keys.put("sha256", model.sha256());
    keys.put("max_tokens", model.maxTokens());
    keys.put("dimensions", model.dimensions());
    keys.put("parameters", model.parameters());
    return keys;
  }

  private static Map<String, Object> entry(EvaluationRun.Entry entry) {
    TaskScores scores = entry.scores();
    TaskInfo task = scores.task();
    var keys = new LinkedHashMap<String, Object>();
    keys.put("task", task.name());
    keys.put("type", scores.type().label());
    keys.put("metric", task.metric());
    keys.put("score", scores.score());
    keys.put("metrics", scores.metrics());
    keys.put("instruction", task.instruction());
    keys.put("symmetric", task.symmetric());
    keys.put("language", task.language());
    keys.put("data_sha256", task.sha256());
    keys.put("items", scores.items().ids().size());
    keys.put("texts", scores.texts());
    keys.put("seconds", scores.seconds());
    keys.put("key", entry.key());
    return keys;
  }

  private void writeItems(TaskScores scores) {
    AtomicFiles.write(
        files.items(scores.task().name()),
        out -> {
          for (Map<String, Object> item : items(scores)) {
            out.write((JSON.writeValueAsString(item) + "\n").getBytes(StandardCharsets.UTF_8));
          }
        });
  }

  private static List<Map<String, Object>> items(TaskScores scores) {
    var lines = new ArrayList<Map<String, Object>>();
    switch (scores.items()) {
      case ItemScores.Mean mean ->
          mean.items().forEach(item -> lines.add(line(item, scores.rankings())));
      case ItemScores.Graded graded ->
          graded
              .items()
              .forEach(pair -> lines.add(line(pair.id(), pair.predicted(), pair.truth())));
      case ItemScores.Binary binary ->
          binary
              .items()
              .forEach(pair -> lines.add(line(pair.id(), pair.predicted(), pair.truth())));
    }
    return lines;
  }

  private static Map<String, Object> line(
      ItemScores.Mean.Value item, Map<String, List<Hit>> rankings) {
    var keys = new LinkedHashMap<String, Object>();
    keys.put("id", item.id());
    keys.put("value", item.value());
    if (rankings.containsKey(item.id())) {
      keys.put("hits", rankings.get(item.id()));
    }
    return keys;
  }

  private static Map<String, Object> line(String id, double predicted, Object truth) {
    var keys = new LinkedHashMap<String, Object>();
    keys.put("id", id);
    keys.put("predicted", predicted);
    keys.put("truth", truth);
    return keys;
  }

  private static void writeJson(Path file, Object content) {
    AtomicFiles.writeText(file, INDENTED.writeValueAsString(content) + "\n");
  }
}
