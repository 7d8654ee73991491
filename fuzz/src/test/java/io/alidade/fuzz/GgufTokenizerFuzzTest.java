package io.alidade.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.alidade.model.tokenizer.GgufTokenizer;
import io.alidade.model.weights.GgufFile;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Vocabularies in GGUF.
class GgufTokenizerFuzzTest extends ParserFuzzing {

  @MethodSource("seeds")
  @FuzzTest
  void read_anyBytes_worksOrNamesTheFile(byte[] bytes) {
    read(
        "model.gguf",
        bytes,
        path -> {
          try (var file = GgufFile.open(path)) {
            use(GgufTokenizer.read(file));
          }
        });
  }

  static Stream<byte[]> seeds() {
    return seeds(
        "tokenizers/gguf-bert/tokenizer.gguf",
        "tokenizers/gguf-llama/tokenizer.gguf",
        "tokenizers/gguf-smollm/tokenizer.gguf");
  }
}
