package io.alidade.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.alidade.model.config.HuggingFaceConfig;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Shapes of models.
class ModelConfigFuzzTest extends ParserFuzzing {

  @MethodSource("seeds")
  @FuzzTest
  void read_anyBytes_worksOrNamesTheFile(byte[] bytes) {
    read("config.json", bytes, HuggingFaceConfig::read);
  }

  static Stream<byte[]> seeds() {
    return seeds("families/gemma3/config.json", "families/qwen3/config.json");
  }
}
