package io.alidade.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.alidade.model.tokenizer.TokenizerFolder;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Vocabularies of SentencePiece.
class SentencePieceFuzzTest extends ParserFuzzing {

  @MethodSource("seeds")
  @FuzzTest
  void read_anyBytes_worksOrNamesTheFile(byte[] bytes) {
    read("tokenizer.model", bytes, _ -> use(TokenizerFolder.read(folder)));
  }

  static Stream<byte[]> seeds() {
    return seeds(
        "tokenizers/spm-bpe-rules/tokenizer.model", "tokenizers/spm-unigram-bytes/tokenizer.model");
  }
}
