package io.alidade.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.model.weights.GgufFile;
import io.alidade.testkit.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Tokenizers of every kind give the ids that transformers gives. See
/// `testkit/scripts/golden_tokenizers.py`.
class TokenizerGoldenTest {
  private static final int NO_LIMIT = 1 << 20;
  private static final JsonNode TEXTS = Golden.json("tokenizers/texts.json");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spm-llama",
        "spm-llama-first-word",
        "spm-gemma",
        "spm-unigram-bytes",
        "spm-bpe-rules"
      })
  void read_sentencePieceModel_givesTheIdsOfTransformers(String name) {
    Golden.file("tokenizers/%s/tokenizer.model".formatted(name), folder);
    if (name.equals("spm-llama-first-word")) {
      Golden.file("tokenizers/%s/tokenizer_config.json".formatted(name), folder);
    }
    try (var tokenizer = TokenizerFolder.read(folder)) {
      assertIds(name, tokenizer);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = "spm-unigram")
  void read_modelWithTheTableOfNmtNfkc_givesTheIdsOfTransformers(String name) throws IOException {
    Path packed = Golden.file("tokenizers/%s/tokenizer.model.gz".formatted(name), folder);
    try (var in = new GZIPInputStream(Files.newInputStream(packed))) {
      Files.copy(in, folder.resolve("tokenizer.model"));
    }
    try (var tokenizer = TokenizerFolder.read(folder)) {
      assertIds(name, tokenizer);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gguf-llama",
        "gguf-gemma",
        "gguf-t5",
        "gguf-bert",
        "gguf-gpt-2",
        "gguf-smollm",
        "gguf-llama-bpe",
        "gguf-dbrx",
        "gguf-qwen2",
        "gguf-tekken",
        "gguf-gpt-4o",
        "gguf-default"
      })
  void read_gguf_givesTheIdsOfTransformers(String name) {
    Path path = Golden.file("tokenizers/%s/tokenizer.gguf".formatted(name), folder);
    try (var file = GgufFile.open(path);
        var tokenizer = GgufTokenizer.read(file)) {
      assertIds(name, tokenizer);
    }
  }

  /// The golden ids are those of the text alone.
  private static void assertIds(String name, Tokenizer tokenizer) {
    JsonNode golden = Golden.json("tokenizers/%s/ids.json".formatted(name));
    List<String> texts = TEXTS.valueStream().map(JsonNode::stringValue).toList();
    List<int[]> found = tokenizer.encodeAll(texts, NO_LIMIT);
    assertThat(golden.size()).isEqualTo(texts.size()).isGreaterThan(80);
    for (int i = 0; i < texts.size(); i++) {
      int[] ids = golden.get(i).valueStream().mapToInt(JsonNode::intValue).toArray();
      assertThat(found.get(i))
          .describedAs("%s: \"%s\"", name, texts.get(i))
          .isEqualTo(around(tokenizer.specialTokens(), ids));
    }
  }

  private static int[] around(SpecialTokens special, int[] ids) {
    return IntStream.concat(
            special.bos().stream(),
            IntStream.concat(Arrays.stream(ids), IntStream.of(special.eos())))
        .toArray();
  }
}
