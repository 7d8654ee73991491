package io.alidade.synth.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.DataException;
import io.alidade.synth.llm.ChatOutcome;
import io.alidade.synth.llm.ChatRequest;
import io.alidade.synth.llm.LlmConfig;
import io.alidade.synth.llm.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
  private static final Usd MOST = Usd.of(0.5);

  @TempDir Path folder;

  private static ChatRequest request(int number) {
    var shape = new ChatRequest.Shape(List.of("q"), false);
    return new ChatRequest("example/" + number, LlmConfig.defaults(), "Write!", 1, shape);
  }

  private static void call(Ledger ledger, int number, ChatOutcome outcome) {
    long id = ledger.begin(MOST);
    var sent = CallRecord.Sent.alone(Instant.EPOCH, 5);
    ledger.end(CallRecord.of(id, request(number), outcome, sent, MOST));
  }

  private void withLedger(Consumer<Ledger> use) {
    try (Ledger ledger = Ledger.open(folder)) {
      use.accept(ledger);
    }
  }

  @Test
  void take_answersOfEarlierProcesses_areGivenOnceAndOnlyWhenFinal() {
    var answer = new ChatOutcome.Answered("é\n\"x\"", new Usage(10, 20));
    var refusal = new ChatOutcome.Refused("no", Usage.UNKNOWN);
    withLedger(
        ledger -> {
          call(ledger, 1, answer);
          call(ledger, 2, new ChatOutcome.ServerFailed(500, "oops"));
          call(ledger, 3, refusal);
          call(ledger, 4, new ChatOutcome.Throttled(Optional.of(Duration.ZERO), "slow"));
        });

    withLedger(
        ledger -> {
          assertThat(ledger.take(request(1))).contains(answer);
          assertThat(ledger.take(request(1))).isEmpty();
          assertThat(ledger.take(request(2))).isEmpty();
          assertThat(ledger.take(request(3))).contains(refusal);
          assertThat(ledger.take(request(4))).isEmpty();
          assertThat(ledger.totals().calls()).isEqualTo(4);
          assertThat(ledger.totals().spent()).as("a refusal of unknown size").isEqualTo(MOST);
          assertThat(ledger.totals().outputTokens()).isEqualTo(20);
        });
  }

  @Test
  void open_callsUnderWayAtAKill_countOnceAtTheirMost() {
    withLedger(
        ledger -> {
          call(ledger, 1, new ChatOutcome.Answered("x", new Usage(0, 0)));
          assertThat(ledger.begin(MOST)).isEqualTo(2);
          assertThat(ledger.begin(MOST)).isEqualTo(3);
        });

    for (int i = 0; i < 2; i++) {
      withLedger(
          ledger -> {
            assertThat(ledger.totals().spent()).isEqualTo(Usd.of(1));
            assertThat(ledger.totals().verdicts()).containsEntry("killed", 2L).hasSize(2);
          });
    }
    withLedger(ledger -> assertThat(ledger.begin(MOST)).isEqualTo(4));
  }

  @Test
  void open_killedBetweenTheTwoFiles_countsNothingTwice() throws IOException {
    withLedger(ledger -> assertThat(ledger.begin(MOST)).isEqualTo(1));
    String reserved = Files.readString(folder.resolve("reserved.jsonl"));
    withLedger(_ -> {});
    Files.writeString(folder.resolve("reserved.jsonl"), reserved + "{\"number\": 2, \"us");

    withLedger(ledger -> assertThat(ledger.totals().spent()).isEqualTo(MOST));
  }

  @Test
  void open_brokenLine_isNamed() throws IOException {
    Files.writeString(folder.resolve("ledger.jsonl"), "{\"number\": 1}\n");

    assertThatThrownBy(() -> withLedger(_ -> {}))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("ledger.jsonl:1: is no record of a call");
  }
}
