package io.alidade.train;

import io.alidade.core.AtomicFiles;
import io.alidade.core.DataException;
import io.alidade.core.ReadFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// `scores.jsonl`: a line for each step whose model was measured.
public final class ScoreLog {
  public static final String FILE_NAME = "scores.jsonl";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// A step's scores.
  ///
  /// @param step counted from 1
  /// @param mean of all tasks
  /// @param scores by task
  public record Line(int step, double mean, Map<String, Double> scores) {

    static Line of(int step, Map<String, Double> scores) {
      double mean = scores.values().stream().mapToDouble(Double::doubleValue).average().orElse(0);
      return new Line(step, mean, scores);
    }
  }

  private final Path file;

  public ScoreLog(Path file) {
    this.file = file;
  }

  void append(Line line) {
    var lines = new ArrayList<>(read());
    lines.add(line);
    write(lines);
  }

  /// Drops what came after a step: a continued run measures those steps again.
  void truncateAfter(int step) {
    if (Files.exists(file)) {
      write(read().stream().filter(line -> line.step() <= step).toList());
    }
  }

  private void write(List<Line> lines) {
    AtomicFiles.writeText(
        file,
        lines.stream()
            .map(line -> JSON.writeValueAsString(line) + "\n")
            .collect(Collectors.joining()));
  }

  /// The measured steps so far.
  public List<Line> read() {
    if (!Files.exists(file)) {
      return List.of();
    }
    var lines = new ArrayList<Line>();
    try (var texts = Files.lines(file)) {
      for (String text : (Iterable<String>) texts::iterator) {
        lines.add(JSON.readValue(text, Line.class));
      }
    } catch (IOException e) {
      throw ReadFailure.of(file, e);
    } catch (JacksonException e) {
      throw new DataException(file, "line %d is no line of scores".formatted(lines.size() + 1), e);
    }
    return lines;
  }

  /// The step with the best mean, the first of equals.
  public Optional<Line> best() {
    return read().stream().max(Comparator.comparingDouble(Line::mean));
  }
}
