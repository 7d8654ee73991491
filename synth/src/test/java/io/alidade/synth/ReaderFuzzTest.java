package io.alidade.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.alidade.core.DataException;
import io.alidade.synth.json.LenientJson;
import io.alidade.synth.ledger.Ledger;
import io.alidade.synth.sampling.TaskFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever a model answers is read or found faulty, and whatever bytes a file has, reading it
/// works or throws [DataException] with its name.
class ReaderFuzzTest {
  private static final int ROUNDS = 3_000;

  @TempDir Path folder;

  /// Reads a file of these bytes.
  @FunctionalInterface
  private interface Reader {
    void read(byte[] bytes) throws Exception;
  }

  @Test
  void lenientJson_mutatedAnswers_areReadOrFoundFaulty() {
    String answer =
        "Sure: ```json\n"
            + "{\"user_query\": \"wo \\u00e4\\n"
            + "\", 'list': [1, 2.5e3, True, None,], \"a\": {}}";
    int found = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = mutate(answer.getBytes(StandardCharsets.UTF_8), round);
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      found += LenientJson.read(text) instanceof LenientJson.Result.Found ? 1 : 0;
    }
    assertThat(found).isBetween(ROUNDS / 10, ROUNDS - 1);
  }

  @Test
  void taskFile_mutated_isReadOrRefused() throws Exception {
    String seed =
        """
        {"task": "Find the rule of the game", "iteration": 1}
        {"task": "Given a question, find an answer", "iteration": 2}
        """;
    Path file = folder.resolve("tasks.jsonl");
    fuzz(
        seed,
        file,
        bytes -> {
          Files.write(file, bytes);
          assertThat(TaskFile.read(file)).isNotEmpty();
        });
  }

  @Test
  void ledger_mutated_isReadOrRefused() throws Exception {
    String hash = "0123456789abcdef".repeat(4);
    String seed =
        """
        {"number":1,"call":"example/0","request":"%s","input_tokens":3,"output_tokens":4,\
        "usd":0.5,"usd_is":"counted","verdict":"answered","answer":"x"}
        {"number":2,"usd":1.5,"usd_is":"the most it can be","verdict":"killed"}
        """
            .formatted(hash);
    Path file = folder.resolve("ledger.jsonl");
    fuzz(seed, file, bytes -> open(file, bytes));
  }

  @Test
  void reservations_mutated_areReadOrRefused() throws Exception {
    Path file = folder.resolve("reserved.jsonl");
    String seed = "{\"number\":1,\"usd\":0.5}\n{\"number\":2,\"usd\":0.25}\n";
    fuzz(
        seed,
        file,
        bytes -> {
          Files.deleteIfExists(folder.resolve("ledger.jsonl"));
          open(file, bytes);
        });
  }

  private void open(Path file, byte[] bytes) throws Exception {
    Files.write(file, bytes);
    try (Ledger ledger = Ledger.open(folder)) {
      assertThat(ledger.totals().spent().amount().signum()).isNotNegative();
    }
  }

  private static void fuzz(String seed, Path file, Reader reader) {
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      try {
        reader.read(mutate(seed.getBytes(StandardCharsets.UTF_8), round));
      } catch (DataException e) {
        assertThat(e).hasMessageContaining(file.toString());
        refused++;
      } catch (Exception | AssertionError e) {
        fail("round %d".formatted(round), e);
      }
    }
    assertThat(refused).isBetween(ROUNDS / 10, ROUNDS - 1);
  }

  /// Other bytes, digits and signs, or an early end.
  private static byte[] mutate(byte[] seed, int round) {
    RandomGenerator random = RandomGeneratorFactory.getDefault().create(round);
    byte[] bytes = seed.clone();
    int changes = random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] = (byte) random.nextInt();
        case 1 -> bytes[at] = (byte) "0123456789-+eE.\"'{}[],:\\nu".charAt(random.nextInt(26));
        case 2 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 3 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 8), (byte) '9');
        default -> bytes = Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length));
      }
    }
    return bytes;
  }
}
