package io.alidade.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.alidade.model.weights.SafetensorsFile;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Weights in safetensors.
class SafetensorsFuzzTest extends ParserFuzzing {

  @MethodSource("seeds")
  @FuzzTest
  void read_anyBytes_worksOrNamesTheFile(byte[] bytes) {
    read("model.safetensors", bytes, file -> readAll(SafetensorsFile.open(file)));
  }

  static Stream<byte[]> seeds() {
    return seeds("adapters/plain/adapter_model.safetensors", "quantization/expected.safetensors");
  }
}
