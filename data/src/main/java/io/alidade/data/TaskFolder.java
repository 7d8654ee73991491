package io.alidade.data;

import io.alidade.core.DataException;
import io.alidade.core.NearestName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Reads evaluation tasks from folders and files, so that a user's own data is measured with no
/// code. The type stands before the path (`sts:pairs.jsonl`), or in `task.yaml` beside the files
/// (`type, instruction, symmetric, metric, language, name`), or is read off the files:
///
/// | found | type |
/// |---|---|
/// | `corpus.jsonl`, `queries.jsonl`, `qrels/` | retrieval (BEIR) |
/// | `train.jsonl`, `test.jsonl` of {text, label} | classification |
/// | {sentence1, sentence2, score} | STS |
/// | {sentence1, sentence2, label} | pair classification |
/// | {sentence1, sentence2} | bitext |
/// | {text, label} in one file | classification, half of each label to train |
/// | {query, positive, negative} | retrieval among all positives and negatives |
public final class TaskFolder {
  private static final String ALLOWED =
      "a BEIR folder, {sentence1, sentence2, score}, {sentence1, sentence2, label},"
          + " {sentence1, sentence2}, {text, label} or {query, positive, negative}";
  private static final Set<String> SPLITS = Set.of("train", "dev", "test");

  private TaskFolder() {}

  /// The task at `PATH` or `TYPE:PATH`.
  ///
  /// @throws DataException if it is no task, with what is allowed
  public static EvaluationTask read(String pathOrTyped) {
    int colon = pathOrTyped.indexOf(':');
    Optional<TaskType> type =
        colon < 0 ? Optional.empty() : TaskType.of(pathOrTyped.substring(0, colon));
    if (type.isPresent()) {
      return read(Path.of(pathOrTyped.substring(colon + 1)), type);
    }
    Path path = Path.of(pathOrTyped);
    if (colon > 1 && !Files.exists(path)) {
      String label = pathOrTyped.substring(0, colon);
      throw new DataException(
          path,
          "there is no such path, and \"%s\" is no task type%s; allowed are %s"
              .formatted(
                  label,
                  NearestName.hint(label, TaskType.labels()),
                  String.join(", ", TaskType.labels())));
    }
    return read(path, Optional.empty());
  }

  public static EvaluationTask read(Path path) {
    return read(path, Optional.empty());
  }

  /// The task that the path is; else those that its folders and files are, in the order of their
  /// names.
  public static List<EvaluationTask> readAll(Path path) {
    if (!Files.isDirectory(path) || isOneTask(path)) {
      return List.of(read(path));
    }
    List<Path> parts =
        children(path).stream()
            .filter(child -> Files.isDirectory(child) || isJsonLines(child))
            .toList();
    return parts.isEmpty() ? List.of(read(path)) : parts.stream().map(TaskFolder::read).toList();
  }

  private static boolean isOneTask(Path folder) {
    return BeirFolder.isOne(folder)
        || Files.exists(folder.resolve(TaskSettings.FILE_NAME))
        || Files.exists(folder.resolve("test.jsonl"));
  }

  private static EvaluationTask read(Path path, Optional<TaskType> given) {
    if (!Files.exists(path)) {
      throw new DataException(path, "there is no such file or folder");
    }
    boolean folder = Files.isDirectory(path);
    TaskSettings settings = TaskSettings.of(folder ? path : path.resolveSibling(""));
    Optional<TaskType> type = given.isPresent() ? given : settings.type();
    String name = name(path);
    if (!folder) {
      return readFile(path, type, settings, name);
    }
    if (BeirFolder.isOne(path) && type.orElse(TaskType.RETRIEVAL) == TaskType.RETRIEVAL) {
      return BeirFolder.read(path, settings, name);
    }
    Path train = path.resolve("train.jsonl");
    Path test = path.resolve("test.jsonl");
    if (Files.exists(train) && Files.exists(test)) {
      TaskType found = type.or(() -> PairFiles.typeOf(JsonLines.first(test))).orElse(TaskType.STS);
      if (found == TaskType.CLASSIFICATION) {
        return PairFiles.classification(train, test, settings, name);
      }
    }
    return readFile(onlyFile(path), type, settings, name);
  }

  private static EvaluationTask readFile(
      Path file, Optional<TaskType> given, TaskSettings settings, String name) {
    JsonLine first = JsonLines.first(file);
    TaskType type =
        given
            .or(() -> PairFiles.typeOf(first))
            .orElseThrow(
                () ->
                    first.error(
                        "columns %s are no task's; allowed are %s"
                            .formatted(
                                String.join(", ", first.object().propertyNames()), ALLOWED)));
    return PairFiles.read(file, type, settings, name);
  }

  private static Path onlyFile(Path folder) {
    Path test = folder.resolve("test.jsonl");
    if (Files.exists(test)) {
      return test;
    }
    List<Path> files = children(folder).stream().filter(TaskFolder::isJsonLines).toList();
    if (files.size() != 1) {
      throw new DataException(
          folder,
          "is no task: it holds %d .jsonl files and no test.jsonl; allowed are %s"
              .formatted(files.size(), ALLOWED));
    }
    return files.getFirst();
  }

  /// The file's or folder's own name; a file called after its split takes its folder's.
  private static String name(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    String name = String.valueOf(absolute.getFileName());
    String stem = name.endsWith(".jsonl") ? name.substring(0, name.length() - 6) : name;
    return SPLITS.contains(stem) && !Files.isDirectory(path)
        ? String.valueOf(absolute.resolveSibling("").getFileName())
        : stem;
  }

  private static boolean isJsonLines(Path file) {
    return file.toString().endsWith(".jsonl") && Files.isRegularFile(file);
  }

  private static List<Path> children(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new DataException(folder, "cannot be listed: " + e.getMessage(), e);
    }
  }
}
