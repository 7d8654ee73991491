package io.alidade.fuzz;

import io.alidade.core.DataException;
import io.alidade.model.tokenizer.Tokenizer;
import io.alidade.model.weights.WeightSource;
import io.alidade.tensor.DType;
import io.alidade.tensor.TensorScope;
import io.alidade.testkit.Golden;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/// Whatever bytes a file has, reading it works or throws [DataException] with the file's name; it
/// neither hangs nor takes memory that the file's size does not explain, which Jazzer and the heap
/// of 1 GB watch over.
///
/// A class a parser, since Jazzer fuzzes one method a process. An input that fails is kept as a
/// resource of its class, and tried first from then on.
abstract class ParserFuzzing {
  @TempDir static Path folder;

  /// Has a parser read the bytes as the only file of a folder.
  static void read(String name, byte[] bytes, Consumer<Path> parser) {
    try {
      parser.accept(Files.write(folder.resolve(name), bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (DataException e) {
      if (!("" + e.getMessage()).contains(folder.toString())) {
        throw new AssertionError("the message names no file: " + e.getMessage(), e);
      }
    }
  }

  static void readAll(WeightSource source) {
    try (source;
        var _ = TensorScope.open()) {
      for (String name : source.names()) {
        source.tensor(name, DType.FLOAT32);
      }
    }
  }

  static void use(Tokenizer tokenizer) {
    try (tokenizer) {
      tokenizer.requireEnd(tokenizer.encode("The <s> boats, 12 \u8239\u0000 \uD83D\uDE42", 64));
    }
  }

  /// Goldens to start from.
  static Stream<byte[]> seeds(String... paths) {
    return Arrays.stream(paths).map(path -> bytes(Golden.file(path, folder("seed"))));
  }

  static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path folder(String prefix) {
    try {
      return Files.createTempDirectory(prefix);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
