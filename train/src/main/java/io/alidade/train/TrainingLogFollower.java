package io.alidade.train;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;

/// Reads a training log while it is written, each time what has come since. Not thread-safe.
///
/// A log that is cut and written again, as by a continued run, is read from its start: what follows
/// is then not the next step.
public final class TrainingLogFollower {
  private final Path file;
  private long offset;
  private int step;

  /// @param file may be missing as yet
  public TrainingLogFollower(Path file) {
    this.file = file;
  }

  /// The next whole lines, none while nothing has come.
  ///
  /// @param most lines
  public List<TrainingLog.Line> next(int most) {
    var lines = new ArrayList<TrainingLog.Line>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      if (in.skip(offset) < offset) {
        restart();
        return List.of();
      }
      while (lines.size() < most) {
        byte[] text = line(in);
        if (text.length == 0) {
          break;
        }
        TrainingLog.Line line = TrainingLog.line(new String(text, StandardCharsets.UTF_8));
        if (line.step() != step + 1) {
          restart();
          return List.of();
        }
        lines.add(line);
        offset += text.length;
        step++;
      }
    } catch (NoSuchFileException _) {
      restart();
      return List.of();
    } catch (JacksonException _) {
      restart();
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }

  private void restart() {
    offset = 0;
    step = 0;
  }

  /// A line with its end, or nothing where the end has not been written yet.
  private static byte[] line(InputStream in) throws IOException {
    var text = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0; c = in.read()) {
      text.write(c);
      if (c == '\n') {
        return text.toByteArray();
      }
    }
    return new byte[0];
  }
}
