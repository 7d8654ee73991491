package io.alidade.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.alidade.core.DataException;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import io.alidade.testkit.tiny.GgufBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever bytes a weight file has, opening and reading it works or throws [DataException].
class HeaderFuzzTest {
  private static final int ROUNDS = 3000;

  /// More than any of the files has: no mutation may make a reader believe in huge tensors.
  private static final long MAX_ELEMENTS = 1 << 16;

  @TempDir Path folder;

  @Test
  void open_mutatedSafetensors_isReadOrRefused() throws Exception {
    Path file = folder.resolve("seed.safetensors");
    try (var _ = TensorScope.open()) {
      SafetensorsWriter.write(
          file,
          List.of(
              SafetensorsWriter.Item.of("model.a", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2)),
              SafetensorsWriter.Item.of("b", Tensor.of(new double[] {1, 2}, 2))));
    }
    fuzz(Files.readAllBytes(file), SafetensorsFile::open);
  }

  @Test
  void open_mutatedGguf_isReadOrRefused() {
    byte[] seed =
        new GgufBuilder()
            .text("general.architecture", "llama")
            .integer("llama.attention.head_count", 2)
            .integer("llama.attention.head_count_kv", 1)
            .real("llama.rope.freq_base", 1e5f)
            .texts("tokenizer.ggml.tokens", List.of("a", "b", "ab"))
            .integers("tokenizer.ggml.token_type", List.of(1, 1, 1))
            .tensor("blk.0.attn_q.weight", new long[] {4, 2}, new float[8])
            .tensor("token_embd.weight", 3, new long[] {2, 32}, new byte[40])
            .bytes();
    fuzz(
        seed,
        path -> {
          var file = GgufFile.open(path);
          try {
            return new GgufWeights(file);
          } catch (DataException e) {
            file.close();
            throw e;
          }
        });
  }

  private void fuzz(byte[] seed, Function<Path, WeightSource> open) {
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Path file = folder.resolve("fuzz");
      try {
        Files.write(file, mutate(seed, RandomGeneratorFactory.getDefault().create(round)));
        readAll(open.apply(file));
      } catch (DataException e) {
        assertThat(e).hasMessageContaining(file.toString());
        refused++;
      } catch (Exception | AssertionError e) {
        fail("round %d".formatted(round), e);
      }
    }
    assertThat(refused).isBetween(ROUNDS / 10, ROUNDS - 1);
  }

  private static void readAll(WeightSource source) {
    try (source;
        var _ = TensorScope.open()) {
      for (String name : source.names()) {
        Tensor tensor = source.tensor(name, DType.FLOAT32);
        assertThat(Tensor.elements(tensor.shape())).isLessThan(MAX_ELEMENTS);
      }
    }
  }

  private static byte[] mutate(byte[] seed, RandomGenerator random) {
    byte[] bytes = seed.clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt();
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 8), (byte) random.nextInt());
        default -> bytes = Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length));
      }
    }
    return bytes;
  }
}
