package io.alidade.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.alidade.model.weights.GgufFile;
import io.alidade.model.weights.GgufWeights;
import io.alidade.testkit.tiny.TinyModel;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Weights in GGUF, of every type that is read.
class GgufWeightsFuzzTest extends ParserFuzzing {

  @MethodSource("seeds")
  @FuzzTest
  void read_anyBytes_worksOrNamesTheFile(byte[] bytes) {
    read(
        "model.gguf",
        bytes,
        path -> {
          try (var file = GgufFile.open(path)) {
            readAll(new GgufWeights(file));
          }
        });
  }

  static Stream<byte[]> seeds() {
    return Stream.concat(Stream.of(TinyModel.gguf(1)), seeds("quantization/types.gguf"));
  }
}
