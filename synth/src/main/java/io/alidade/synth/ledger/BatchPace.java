package io.alidade.synth.ledger;

import io.alidade.synth.llm.BatchConfig;
import io.alidade.synth.llm.BatchLine;
import io.alidade.synth.llm.ChatRequest;
import java.nio.charset.StandardCharsets;

/// How much an LLM's server is given at a time: what the recipe says, and less for a while after it
/// was too much. For one thread.
final class BatchPace {
  private static final long MEGABYTE = 1_000_000;

  private final BatchConfig config;
  private int mostRequests;
  private int refusals;
  private long freeNanos = Long.MIN_VALUE;

  BatchPace(BatchConfig config) {
    this.config = config;
    mostRequests = config.mostRequests();
  }

  int mostRequests() {
    return mostRequests;
  }

  long mostBytes() {
    return config.megabytes() * MEGABYTE;
  }

  /// What a request takes up in a batch's file.
  static long bytes(ChatRequest request) {
    String line = BatchLine.of(BatchCall.id(Long.MAX_VALUE), request);
    return line.getBytes(StandardCharsets.UTF_8).length + 1L;
  }

  /// Whether a batch may be handed in now.
  boolean free(long nowNanos) {
    return nowNanos >= freeNanos;
  }

  /// The server said that a batch of that size was too much.
  void refused(int size, long nowNanos) {
    mostRequests = Math.max(1, size / 2);
    freeNanos = nowNanos + OpenBatch.pollNanos(config, refusals);
    refusals++;
  }

  /// Refusals in a row.
  int refusals() {
    return refusals;
  }

  /// A batch came to its end.
  void taken() {
    refusals = 0;
  }
}
