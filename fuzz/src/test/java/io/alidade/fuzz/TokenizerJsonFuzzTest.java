package io.alidade.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.alidade.model.tokenizer.TokenizerFolder;
import io.alidade.testkit.Golden;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Tokenizers of the Hugging Face library.
class TokenizerJsonFuzzTest extends ParserFuzzing {

  @MethodSource("seeds")
  @FuzzTest
  void read_anyBytes_worksOrNamesTheFile(byte[] bytes) {
    read("tokenizer.json", bytes, _ -> use(TokenizerFolder.read(folder)));
  }

  static Stream<byte[]> seeds() {
    Path model = folder("model");
    Golden.file("tokenizers/spm-bpe-rules/tokenizer.model", model);
    try (var tokenizer = TokenizerFolder.read(model)) {
      byte[] converted = tokenizer.json().text().getBytes(StandardCharsets.UTF_8);
      return Stream.concat(
          Stream.of(converted), seeds("sentence-transformers/mean/tokenizer.json"));
    }
  }
}
