package io.alidade.core.lineage;

import io.alidade.core.AlidadeException;
import io.alidade.core.ContentHash;
import io.alidade.core.DataException;
import io.alidade.core.Example;
import io.alidade.core.ParserMessage;
import io.alidade.core.manifest.Input;
import io.alidade.core.manifest.Manifest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One walk from an id to scores.
final class LineageWalk {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final List<String> MODEL_FOLDERS = List.of("model", "adapter");
  private static final int SHOWN_CANDIDATES = 5;

  private final String prefix;
  private final RunFiles runs;
  private final Lineage.ExampleReader reader;

  private final SortedSet<String> ids = new TreeSet<>();
  private final Map<Path, Lineage.Source> sources = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();

  LineageWalk(String prefix, RunFiles runs, Lineage.ExampleReader reader) {
    this.prefix = prefix;
    this.runs = runs;
    this.reader = reader;
  }

  Lineage lineage() {
    var trainings = new ArrayList<Lineage.Training>();
    for (RunFiles.Stage stage : runs.of("train")) {
      readData(stage);
      List<Lineage.Step> steps = steps(stage);
      if (holdsExample(stage) || !steps.isEmpty()) {
        List<Lineage.Model> models = models(stage);
        trainings.add(
            new Lineage.Training(
                stage.folder().toString(),
                stage.manifest().seed(),
                steps,
                models,
                scores(stage, models)));
      }
    }
    return new Lineage(onlyId(), List.copyOf(sources.values()), trainings, notes);
  }

  private String onlyId() {
    if (ids.isEmpty()) {
      throw new AlidadeException(
          "no run in the folders given knows an example %s%s"
              .formatted(prefix, notes.isEmpty() ? "" : " (" + String.join("; ", notes) + ")"));
    }
    if (ids.size() > 1) {
      throw new AlidadeException(
          "%d examples begin with %s: %s%s; give more digits"
              .formatted(
                  ids.size(),
                  prefix,
                  String.join(", ", ids.stream().limit(SHOWN_CANDIDATES).toList()),
                  ids.size() > SHOWN_CANDIDATES ? ", …" : ""));
    }
    return ids.first();
  }

  private void readData(RunFiles.Stage stage) {
    int index = 0;
    for (Input input : stage.manifest().inputs()) {
      if (input.role().equals("data")) {
        JsonNode source = stage.manifest().recipe().path("data").path(index++);
        Path file = input.resolve(stage.folder());
        if (isReadable(input, file, stage.folder())) {
          reader.read(file, source, (line, example) -> meet(file, line, example));
        }
      }
    }
  }

  private void meet(Path file, long line, Example example) {
    if (example.id().startsWith(prefix)) {
      ids.add(example.id());
      sources.putIfAbsent(file, new Lineage.Source(file.toString(), line, example));
    }
  }

  private boolean holdsExample(RunFiles.Stage stage) {
    return stage.manifest().inputs().stream()
        .anyMatch(input -> sources.containsKey(input.resolve(stage.folder())));
  }

  /// A changed file is still read: the example may stand there as before.
  private boolean isReadable(Input input, Path file, Path folder) {
    if (!Files.exists(file)) {
      note("%s, which %s was trained on, is missing".formatted(file, folder));
      return false;
    }
    if (!ContentHash.of(file).equals(input.sha256())) {
      note("%s has changed since %s was trained on it".formatted(file, folder));
    }
    return true;
  }

  private List<Lineage.Step> steps(RunFiles.Stage stage) {
    Path log = stage.folder().resolve(LoggedSteps.FILE_NAME);
    if (!Files.exists(log)) {
      note(log + " is missing, so the steps that used the example are not known");
      return List.of();
    }
    // A resumed run logs steps after its checkpoint again; the later line is what counts.
    var steps = new TreeMap<Long, Lineage.Step>();
    LoggedSteps.forEach(
        log,
        (step, batch) -> {
          List<String> met = batch.stream().filter(id -> id.startsWith(prefix)).toList();
          ids.addAll(met);
          if (!met.isEmpty()) {
            steps.put(step.step(), step);
          }
        });
    return List.copyOf(steps.values());
  }

  private static List<Lineage.Model> models(RunFiles.Stage stage) {
    return MODEL_FOLDERS.stream()
        .map(stage.folder()::resolve)
        .filter(Files::isDirectory)
        .map(folder -> new Lineage.Model(folder.toString(), ContentHash.of(folder)))
        .toList();
  }

  private List<Lineage.Score> scores(RunFiles.Stage training, List<Lineage.Model> models) {
    var scores = new ArrayList<Lineage.Score>();
    for (RunFiles.Stage evaluation : runs.of("evaluate")) {
      for (Input input : evaluation.manifest().inputs()) {
        if (input.role().equals("model")) {
          if (models.stream().anyMatch(model -> model.sha256().equals(input.sha256()))) {
            scores.addAll(scores(evaluation.folder()));
          } else if (input.resolve(evaluation.folder()).startsWith(training.folder())) {
            note(
                "%s has changed since %s measured it"
                    .formatted(input.resolve(evaluation.folder()), evaluation.folder()));
          }
        }
      }
    }
    return scores;
  }

  private List<Lineage.Score> scores(Path folder) {
    Path file = folder.resolve("summary.json");
    if (!Files.exists(file)) {
      note(file + " is missing, though there is a " + Manifest.FILE_NAME);
      return List.of();
    }
    try {
      var scores = new ArrayList<Lineage.Score>();
      for (JsonNode task : JSON.readTree(file).path("tasks")) {
        scores.add(
            new Lineage.Score(
                folder.toString(),
                task.path("task").asString(""),
                task.path("metric").asString(""),
                task.path("score").asDouble(Double.NaN),
                task.path("data_sha256").asString("")));
      }
      return scores;
    } catch (JacksonException e) {
      throw new DataException(file, "broken JSON: " + ParserMessage.of(e), e);
    }
  }

  private void note(String sentence) {
    if (!notes.contains(sentence)) {
      notes.add(sentence);
    }
  }
}
