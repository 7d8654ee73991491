package io.alidade.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.alidade.core.DataException;
import io.alidade.model.config.HuggingFaceConfig;
import io.alidade.model.weights.GgufFile;
import io.alidade.testkit.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever bytes a tokenizer's or a configuration's file has, reading it works or throws
/// [DataException]. The same for a few minutes, guided by coverage: `make fuzz`.
class TokenizerFuzzTest {
  private static final int ROUNDS = Integer.getInteger("alidade.fuzz.rounds", 100);

  @TempDir Path folder;

  @Test
  void read_mutatedSentencePiece_isReadOrRefused() throws Exception {
    fuzz("tokenizers/spm-bpe-rules/tokenizer.model", _ -> use(TokenizerFolder.read(folder)));
    fuzz("tokenizers/spm-unigram-bytes/tokenizer.model", _ -> use(TokenizerFolder.read(folder)));
  }

  @Test
  void read_mutatedGguf_isReadOrRefused() throws Exception {
    for (String name : new String[] {"gguf-bert", "gguf-llama"}) {
      fuzz(
          "tokenizers/%s/tokenizer.gguf".formatted(name),
          path -> {
            try (var file = GgufFile.open(path)) {
              use(GgufTokenizer.read(file));
            }
          });
    }
  }

  @Test
  void read_mutatedTokenizerJson_isReadOrRefused() throws Exception {
    fuzz("sentence-transformers/mean/tokenizer.json", _ -> use(TokenizerFolder.read(folder)));
  }

  @Test
  void read_mutatedTokenizerConfig_isReadOrRefused() throws Exception {
    Golden.file("sentence-transformers/mean/tokenizer.json", folder);
    fuzz(
        "sentence-transformers/mean/tokenizer_config.json", _ -> use(TokenizerFolder.read(folder)));
  }

  @Test
  void read_mutatedConfig_isReadOrRefused() throws Exception {
    fuzz("families/gemma3/config.json", HuggingFaceConfig::read);
    fuzz("families/llama-rope-yarn/config.json", HuggingFaceConfig::read);
  }

  private void fuzz(String golden, Consumer<Path> read) throws IOException {
    Path file = Golden.file(golden, folder);
    byte[] seed = Files.readAllBytes(file);
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Files.write(file, mutate(seed, RandomGeneratorFactory.getDefault().create(round)));
      try {
        read.accept(file);
      } catch (DataException e) {
        assertThat(e).hasMessageContaining(folder.toString());
        refused++;
      } catch (Exception | StackOverflowError | AssertionError e) {
        fail("%s, round %d".formatted(golden, round), e);
      }
    }
    assertThat(refused).isBetween(1, ROUNDS - 1);
    Files.delete(file);
  }

  private static void use(Tokenizer tokenizer) {
    try (tokenizer) {
      tokenizer.requireEnd(tokenizer.encode("The <s> boats, 12 \u8239\u0000 \uD83D\uDE42", 64));
    }
  }

  /// Changes bits, bytes and stretches, doubles or drops some, or cuts the end off.
  private static byte[] mutate(byte[] seed, RandomGenerator random) {
    byte[] bytes = seed.clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(bytes.length);
      int end = Math.min(bytes.length, at + 1 + random.nextInt(16));
      switch (random.nextInt(6)) {
        case 0 -> bytes[at] = (byte) random.nextInt();
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> Arrays.fill(bytes, at, end, (byte) random.nextInt());
        case 3 -> bytes = joined(bytes, end, at);
        case 4 -> bytes = joined(bytes, at, end);
        default -> bytes = Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length));
      }
    }
    return bytes;
  }

  /// The beginning up to `until`, then everything from `from` on.
  private static byte[] joined(byte[] bytes, int until, int from) {
    byte[] joined = Arrays.copyOf(bytes, until + bytes.length - from);
    System.arraycopy(bytes, from, joined, until, bytes.length - from);
    return joined.length == 0 ? new byte[1] : joined;
  }
}
