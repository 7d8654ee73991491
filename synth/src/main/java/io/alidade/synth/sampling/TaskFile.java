package io.alidade.synth.sampling;

import io.alidade.core.DataException;
import io.alidade.core.ParserMessage;
import io.alidade.data.IdentifiedText;
import io.alidade.data.JsonLine;
import io.alidade.data.JsonLines;
import io.alidade.data.Rows;
import io.alidade.data.TextFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/// Reads tasks that somebody has written down, one a line: plain lines, or JSON objects with the
/// column `task`. Rows of Parquet with that column and a JSON list of such objects are read as
/// well, and a folder stands for the `.txt`, `.json`, `.jsonl` and `.parquet` files in it, so that
/// a copy of the published list `andersonbcdefg/synthetic_retrieval_tasks` (columns `task` and
/// `iteration`) can be named as it is. A task that stands there twice counts once.
public final class TaskFile {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String COLUMN = "task";
  private static final List<String> SUFFIXES = List.of(".txt", ".json", ".jsonl", ".parquet");
  private static final List<String> TABLES = List.of(".csv", ".tsv");
  private static final int PEEKED_BYTES = 4096;

  /// Shorter or longer ones are no sentence that says what to find.
  private static final int LEAST_CHARACTERS = 8;

  private static final int MOST_CHARACTERS = 2_000;

  private final Map<String, WrittenTask> tasks = new LinkedHashMap<>();

  private TaskFile() {}

  /// The tasks in their order.
  ///
  /// @throws DataException for a line or row that is no task, by its number, or if there is none at
  ///   all
  public static List<WrittenTask> read(Path path) {
    var reader = new TaskFile();
    files(path).forEach(reader::add);
    if (reader.tasks.isEmpty()) {
      throw new DataException(path, "holds no task; write one a line, or JSONL of {\"task\": …}");
    }
    return List.copyOf(reader.tasks.values());
  }

  private static List<Path> files(Path path) {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (Stream<Path> files = Files.list(path)) {
      return files
          .filter(file -> SUFFIXES.stream().anyMatch(named(file)::endsWith))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new DataException(path, "cannot be listed: " + e.getMessage(), e);
    }
  }

  private void add(Path file) {
    if (TABLES.stream().anyMatch(named(file)::endsWith)) {
      throw new DataException(
          file,
          "is a table; save its tasks as plain lines, or as JSONL or Parquet with the column"
              + " \"task\"");
    }
    if (Rows.isParquet(file)) {
      Rows.forEach(file, this::add);
      return;
    }
    char first = firstCharacter(file);
    if (first == '{') {
      JsonLines.forEach(file, this::add);
    } else if (first == '[' && !named(file).endsWith(".txt")) {
      addList(file);
    } else {
      addLines(file);
    }
  }

  private void add(JsonLine line) {
    add(line.text(COLUMN), place(line.file(), line.number()), line::error);
  }

  private void addLines(Path file) {
    for (IdentifiedText line : TextFile.read(file)) {
      if (!line.text().isBlank()) {
        long number = Long.parseLong(line.id());
        add(line.text(), place(file, number), problem -> new DataException(file, number, problem));
      }
    }
  }

  private void addList(Path file) {
    int number = 0;
    for (JsonNode element : list(file)) {
      number++;
      String which = "element " + number + " of the list ";
      JsonNode task = element.isObject() ? element.path(COLUMN) : element;
      if (!task.isString()) {
        throw new DataException(file, which + "has no text \"" + COLUMN + "\"");
      }
      add(
          task.stringValue(),
          place(file, number),
          problem -> new DataException(file, which + problem));
    }
  }

  private void add(String text, String place, Complaint complaint) {
    String task = text.strip();
    if (task.length() < LEAST_CHARACTERS || task.length() > MOST_CHARACTERS) {
      throw complaint.of(
          "has %,d characters; a task is a sentence of %d to %,d that says what to find"
              .formatted(task.length(), LEAST_CHARACTERS, MOST_CHARACTERS));
    }
    tasks.putIfAbsent(task, new WrittenTask(task, place));
  }

  /// Names the place of what is wrong.
  @FunctionalInterface
  private interface Complaint {
    DataException of(String problem);
  }

  private static ArrayNode list(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      if (JSON.readTree(in) instanceof ArrayNode list) {
        return list;
      }
      throw new DataException(file, "must be a JSON list, or JSONL");
    } catch (JacksonException e) {
      throw new DataException(
          file, e.getLocation().getLineNr(), "broken JSON: " + ParserMessage.of(e));
    } catch (IOException e) {
      throw new DataException(file, "cannot be read: " + e.getMessage(), e);
    }
  }

  private static char firstCharacter(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      String start = new String(in.readNBytes(PEEKED_BYTES), StandardCharsets.UTF_8).strip();
      return start.isEmpty() ? ' ' : start.charAt(0);
    } catch (NoSuchFileException e) {
      throw new DataException(file, "there is no such file of tasks", e);
    } catch (IOException e) {
      throw new DataException(file, "cannot be read: " + e.getMessage(), e);
    }
  }

  private static String named(Path file) {
    return String.valueOf(file.getFileName());
  }

  private static String place(Path file, long number) {
    return named(file) + ":" + number;
  }
}
