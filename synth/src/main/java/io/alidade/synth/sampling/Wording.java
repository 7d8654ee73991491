package io.alidade.synth.sampling;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The texts that variety adds to prompts, as they lie beside this class.
final class Wording {
  private static final Map<String, String> TEXTS = new ConcurrentHashMap<>();

  private Wording() {}

  /// A whole text, without the line break at its end.
  static String text(String file) {
    return TEXTS.computeIfAbsent(file, Wording::read);
  }

  private static String read(String file) {
    try (InputStream in = Wording.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is missing from alidade-synth");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).stripTrailing();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A text's lines.
  static List<String> lines(String file) {
    return text(file).lines().toList();
  }

  /// The words for each name of a table.
  static Map<String, String> table(String file) {
    var words = new LinkedHashMap<String, String>();
    lines(file).stream()
        .skip(1)
        .map(line -> line.split("\t", 2))
        .forEach(columns -> words.put(columns[0], columns[1]));
    return words;
  }
}
