package io.alidade.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.alidade.core.DataException;
import io.alidade.model.config.HuggingFaceConfig;
import io.alidade.model.tokenizer.GgufTokenizer;
import io.alidade.model.tokenizer.Tokenizer;
import io.alidade.model.tokenizer.TokenizerFolder;
import io.alidade.model.weights.GgufFile;
import io.alidade.model.weights.GgufWeights;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.model.weights.WeightSource;
import io.alidade.tensor.DType;
import io.alidade.tensor.TensorScope;
import io.alidade.testkit.Golden;
import io.alidade.testkit.tiny.TinyModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever bytes a file has, reading it works or throws [DataException] with the file's name; it
/// neither hangs nor takes memory that the file's size does not explain, which Jazzer and the heap
/// of 1 GB watch over.
///
/// `scripts/fuzz` runs one after the other. An input that fails is kept as a resource of this test.
class ParserFuzzTest {
  private static final String JSON = "tokenizer.json";
  private static final String MODEL = "tokenizer.model";
  private static final String CONFIG = "config.json";

  @TempDir static Path folder;

  @MethodSource
  @FuzzTest
  void safetensors(byte[] bytes) {
    read("model.safetensors", bytes, file -> readAll(SafetensorsFile.open(file)));
  }

  static Stream<byte[]> safetensors() {
    return golden("adapters/plain/adapter_model.safetensors", "quantization/expected.safetensors");
  }

  @MethodSource
  @FuzzTest
  void ggufWeights(byte[] bytes) {
    read(
        "model.gguf",
        bytes,
        path -> {
          try (var file = GgufFile.open(path)) {
            readAll(new GgufWeights(file));
          }
        });
  }

  static Stream<byte[]> ggufWeights() {
    return Stream.concat(Stream.of(TinyModel.gguf(1)), golden("quantization/types.gguf"));
  }

  @MethodSource
  @FuzzTest
  void ggufTokenizer(byte[] bytes) {
    read(
        "model.gguf",
        bytes,
        path -> {
          try (var file = GgufFile.open(path)) {
            use(GgufTokenizer.read(file));
          }
        });
  }

  static Stream<byte[]> ggufTokenizer() {
    return golden(
        "tokenizers/gguf-bert/tokenizer.gguf",
        "tokenizers/gguf-llama/tokenizer.gguf",
        "tokenizers/gguf-smollm/tokenizer.gguf");
  }

  @MethodSource
  @FuzzTest
  void sentencePiece(byte[] bytes) {
    read(MODEL, bytes, file -> use(TokenizerFolder.read(folder)));
  }

  static Stream<byte[]> sentencePiece() {
    return golden(
        "tokenizers/spm-bpe-rules/tokenizer.model", "tokenizers/spm-unigram-bytes/tokenizer.model");
  }

  @MethodSource
  @FuzzTest
  void tokenizerJson(byte[] bytes) {
    read(JSON, bytes, file -> use(TokenizerFolder.read(folder)));
  }

  static Stream<byte[]> tokenizerJson() {
    Golden.file("tokenizers/spm-bpe-rules/tokenizer.model", folder);
    try (var tokenizer = TokenizerFolder.read(folder)) {
      byte[] converted = tokenizer.json().text().getBytes(StandardCharsets.UTF_8);
      return Stream.concat(
          Stream.of(converted), golden("sentence-transformers/mean/tokenizer.json"));
    }
  }

  @MethodSource
  @FuzzTest
  void config(byte[] bytes) {
    read(CONFIG, bytes, HuggingFaceConfig::read);
  }

  static Stream<byte[]> config() {
    return golden("families/gemma3/config.json", "families/qwen3/config.json");
  }

  private static void read(String name, byte[] bytes, Consumer<Path> parser) {
    try {
      for (String other : List.of(JSON, MODEL, CONFIG)) {
        Files.deleteIfExists(folder.resolve(other));
      }
      Path file = Files.write(folder.resolve(name), bytes);
      parser.accept(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (DataException e) {
      if (!("" + e.getMessage()).contains(folder.toString())) {
        throw new AssertionError("the message names no file: " + e.getMessage(), e);
      }
    }
  }

  private static void readAll(WeightSource source) {
    try (source;
        var _ = TensorScope.open()) {
      for (String name : source.names()) {
        source.tensor(name, DType.FLOAT32);
      }
    }
  }

  private static void use(Tokenizer tokenizer) {
    try (tokenizer) {
      tokenizer.requireEnd(tokenizer.encode("The <s> boats, 12 \u8239\u0000 \uD83D\uDE42", 64));
    }
  }

  private static Stream<byte[]> golden(String... paths) {
    return Arrays.stream(paths)
        .map(
            path -> {
              try {
                return Files.readAllBytes(Golden.file(path, Files.createTempDirectory("seed")));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }
}
