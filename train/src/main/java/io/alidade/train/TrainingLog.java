package io.alidade.train;

import io.alidade.core.AtomicFiles;
import io.alidade.core.DataException;
import io.alidade.core.ReadFailure;
import io.alidade.core.WriteFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
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
  /// @param paddedTokens what padding would have computed, the texts of each side to its longest
  /// @param tokensPerSecond real ones
  /// @param seconds wall time
  /// @param endedMillis when the step was done, in milliseconds since 1970
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
      long paddedTokens,
      double tokensPerSecond,
      double seconds,
      long endedMillis,
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

  /// Reads one line.
  static Line line(String text) {
    return JSON.readValue(text, Line.class);
  }

  /// The steps so far.
  public List<Line> read() {
    var lines = new ArrayList<Line>();
    forEach(lines::add);
    return lines;
  }

  /// Shows the steps so far one by one, for logs whose ids need not all be in memory.
  public void forEach(Consumer<Line> reader) {
    if (!Files.exists(file)) {
      return;
    }
    long number = 0;
    try (var texts = Files.lines(file)) {
      for (String text : (Iterable<String>) texts::iterator) {
        number++;
        reader.accept(line(text));
      }
    } catch (IOException e) {
      throw ReadFailure.of(file, e);
    } catch (JacksonException e) {
      throw new DataException(file, "line %d is no line of a training log".formatted(number), e);
    }
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
