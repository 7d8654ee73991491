package io.alidade.synth.ledger;

import io.alidade.synth.llm.BatchStatus;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Says in a few words how far batches are.
final class BatchProgress {
  private static final Duration WINDOW = Duration.ofHours(24);

  private BatchProgress() {}

  static String of(List<OpenBatch> batches) {
    if (batches.isEmpty()) {
      return "";
    }
    long done = 0;
    long all = 0;
    Duration left = Duration.ZERO;
    for (OpenBatch batch : batches) {
      long ended = batch.status().map(BatchStatus::done).orElse(0L);
      done += ended;
      all += Math.max(batch.size(), ended);
      Duration own = left(batch, ended);
      left = own.compareTo(left) > 0 ? own : left;
    }
    return String.format(
        Locale.ROOT,
        "%d %s under way, %,d of %,d requests done, %s left",
        batches.size(),
        batches.size() == 1 ? "batch" : "batches",
        done,
        all,
        shown(left));
  }

  /// At the pace so far; before there is one, what the server allows itself.
  private static Duration left(OpenBatch batch, long done) {
    Optional<BatchStatus> status = batch.status();
    if (status.isEmpty()) {
      return WINDOW;
    }
    Duration age = batch.age();
    if (done == 0) {
      return age.compareTo(WINDOW) < 0 ? WINDOW.minus(age) : Duration.ZERO;
    }
    double share = Math.max(0, batch.size() - done) / (double) done;
    return Duration.ofMillis((long) (age.toMillis() * share));
  }

  private static String shown(Duration left) {
    if (left.compareTo(Duration.ofHours(2)) >= 0) {
      return "at most %d h".formatted(left.plusMinutes(59).toHours());
    }
    return left.toMinutes() < 1 ? "less than a minute" : "about %d min".formatted(left.toMinutes());
  }
}
