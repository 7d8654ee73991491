package io.alidade.train;

import io.alidade.core.AtomicFiles;
import io.alidade.core.DataException;
import io.alidade.core.WriteFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/// `log.jsonl`: a line a step, with the ids of its examples, so that each can be traced to the step
/// that used it.
public final class TrainingLog {
  public static final String FILE_NAME = "log.jsonl";

  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  /// One step.
  ///
  /// @param step counted from 1
  /// @param epoch counted from 0
  /// @param loss before the step's update, mean over the queries
  /// @param gradientNorm before clipping
  /// @param realTokens tokens of all texts
  /// @param computedTokens rows computed; the rest was shared
  /// @param seconds wall time
  /// @param memoryBytes resident memory of the process after the step
  /// @param ids of the examples
  public record Line(
      int step,
      int epoch,
      double loss,
      double gradientNorm,
      double learningRate,
      int realTokens,
      int computedTokens,
      double seconds,
      long memoryBytes,
      List<String> ids) {}

  private final Path file;

  public TrainingLog(Path file) {
    this.file = file;
  }

  public void append(Line line) {
    String text = JSON.writeValueAsString(line) + "\n";
    try {
      Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw WriteFailure.of(file, e);
    }
  }

  /// The steps so far.
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
      throw new UncheckedIOException(e);
    } catch (JacksonException e) {
      throw new DataException(
          file, "line %d is no line of a training log".formatted(lines.size() + 1), e);
    }
    return lines;
  }

  /// Drops what came after a step: a continued run writes those steps again.
  public void truncateAfter(int step) {
    if (!Files.exists(file)) {
      return;
    }
    var kept = new StringBuilder();
    try (var texts = Files.lines(file)) {
      for (String text : (Iterable<String>) texts.limit(step)::iterator) {
        kept.append(text).append('\n');
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    AtomicFiles.writeText(file, kept.toString());
  }
}
