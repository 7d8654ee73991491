package io.alidade.data;

import io.alidade.core.DataException;
import io.alidade.core.Sha256;
import io.alidade.data.ClassificationTask.LabelledText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/// Reads the tasks that are one or two JSONL files, by their columns.
final class PairFiles {
  private PairFiles() {}

  /// The type whose columns these are, if any.
  static Optional<TaskType> typeOf(JsonLine line) {
    boolean pair = line.has("sentence1") && line.has("sentence2");
    if (pair && line.has("score")) {
      return Optional.of(TaskType.STS);
    }
    if (pair) {
      return Optional.of(line.has("label") ? TaskType.PAIR_CLASSIFICATION : TaskType.BITEXT);
    }
    if (line.has("text") && line.has("label")) {
      return Optional.of(TaskType.CLASSIFICATION);
    }
    return line.has("query") && line.has("positive")
        ? Optional.of(TaskType.RETRIEVAL)
        : Optional.empty();
  }

  static EvaluationTask read(Path file, TaskType type, TaskSettings settings, String name) {
    TaskInfo info = settings.info(type, name, TaskHash.of(file));
    return switch (type) {
      case STS ->
          new StsTask(
              info, rows(file, line -> new StsTask.GradedPair(pair(line), line.number("score"))));
      case PAIR_CLASSIFICATION ->
          new PairClassificationTask(
              info,
              rows(
                  file,
                  line -> new PairClassificationTask.LabelledPair(pair(line), line.flag("label"))));
      case BITEXT -> new BitextTask(info, rows(file, PairFiles::pair));
      case CLASSIFICATION -> split(info, rows(file, PairFiles::labelled));
      case RETRIEVAL -> TripletFile.read(file, info);
    };
  }

  static ClassificationTask classification(
      Path train, Path test, TaskSettings settings, String name) {
    String sha256 = TaskHash.of(Map.of("train", train, "test", test));
    return new ClassificationTask(
        settings.info(TaskType.CLASSIFICATION, name, sha256),
        rows(train, PairFiles::labelled),
        rows(test, PairFiles::labelled));
  }

  /// Half of each label's texts train, the other half test: in the order of the texts' hashes, so
  /// that the split does not hang on the file's order and equal texts stay on one side.
  private static ClassificationTask split(TaskInfo info, List<LabelledText> rows) {
    var byLabel = new TreeMap<String, TreeMap<String, List<LabelledText>>>();
    for (LabelledText row : rows) {
      byLabel
          .computeIfAbsent(row.label(), _ -> new TreeMap<>(Comparator.naturalOrder()))
          .computeIfAbsent(Sha256.ofText(row.text()), _ -> new ArrayList<>())
          .add(row);
    }
    var train = new ArrayList<LabelledText>();
    var test = new ArrayList<LabelledText>();
    for (var texts : byLabel.values()) {
      int seen = 0;
      for (List<LabelledText> equalTexts : texts.values()) {
        (seen++ < (texts.size() + 1) / 2 ? train : test).addAll(equalTexts);
      }
    }
    return new ClassificationTask(info, train, test);
  }

  private static <T> List<T> rows(Path file, Function<JsonLine, T> row) {
    var rows = new ArrayList<T>();
    JsonLines.forEach(file, line -> rows.add(row.apply(line)));
    if (rows.isEmpty()) {
      throw new DataException(file, "is empty; one JSON object a line is needed");
    }
    return rows;
  }

  private static TextPair pair(JsonLine line) {
    return new TextPair(line.text("sentence1"), line.text("sentence2"));
  }

  private static LabelledText labelled(JsonLine line) {
    return new LabelledText(line.text("text"), line.identifier("label"));
  }
}
