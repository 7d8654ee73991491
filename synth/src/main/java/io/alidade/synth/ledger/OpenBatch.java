package io.alidade.synth.ledger;

import io.alidade.data.LineFile;
import io.alidade.synth.llm.BatchConfig;
import io.alidade.synth.llm.BatchStatus;
import io.alidade.synth.llm.LlmConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A batch from its plan until all its calls are recorded. For one thread.
final class OpenBatch {
  private static final double LONGER = 1.5;
  private static final double LONGEST_WAIT_NANOS = 600e9;

  private final long number;
  private final LlmConfig llm;
  private final double priceShare;
  private final LineFile words;
  private final Map<Long, BatchCall> calls = new LinkedHashMap<>();
  private final int size;

  private String inputFile = "";
  private String id = "";
  private Instant submitted = Instant.EPOCH;
  private @Nullable BatchStatus status;
  private boolean createdPerhaps;
  private int polls;
  private int failures;
  private int downloads;
  private long dueNanos = Long.MIN_VALUE;

  /// @param calls whose end is not recorded
  /// @param words the calls' file, which this closes
  OpenBatch(long number, LlmConfig llm, double priceShare, List<BatchCall> calls, LineFile words) {
    this.number = number;
    this.llm = llm;
    this.priceShare = priceShare;
    this.words = words;
    this.size = calls.size();
    calls.forEach(call -> this.calls.put(call.number(), call));
  }

  long number() {
    return number;
  }

  LlmConfig llm() {
    return llm;
  }

  /// What its calls cost, as a share of the LLM's price.
  double priceShare() {
    return priceShare;
  }

  LineFile words() {
    return words;
  }

  /// Its calls that have not come to an end, by number.
  Map<Long, BatchCall> calls() {
    return calls;
  }

  int size() {
    return size;
  }

  /// Whether the server may hold it although its id is not known.
  boolean createdPerhaps() {
    return createdPerhaps;
  }

  void createTried() {
    createdPerhaps = true;
  }

  /// The uploaded file's id; empty before.
  String inputFile() {
    return inputFile;
  }

  void uploaded(String file) {
    inputFile = file;
  }

  /// The server's id for it; empty before it is submitted.
  String id() {
    return id;
  }

  Instant submitted() {
    return submitted;
  }

  /// The time since it was submitted.
  Duration age() {
    return Duration.between(submitted, Instant.now());
  }

  void submitted(String serversId, Instant when) {
    id = serversId;
    submitted = when;
  }

  /// What the server last said of it in this process.
  Optional<BatchStatus> status() {
    return Optional.ofNullable(status);
  }

  boolean due(long nowNanos) {
    return nowNanos >= dueNanos;
  }

  /// The server has answered: it is asked again after a while, ever longer.
  void heard(BatchStatus news, long nowNanos) {
    status = news;
    if (news.state() == BatchStatus.State.UNDER_WAY) {
      // At the end its files must come as well before the server counts as going on.
      failures = 0;
    }
    wait(pollNanos(llm.batch(), polls++), nowNanos);
  }

  /// The server has failed.
  ///
  /// @return how often in a row
  int failed(Duration wait, long nowNanos) {
    wait(wait.toNanos(), nowNanos);
    return ++failures;
  }

  int failures() {
    return failures;
  }

  /// Its files were fetched and are not whole: they are fetched again.
  void downloaded(Duration wait, long nowNanos) {
    downloads++;
    wait(wait.toNanos(), nowNanos);
  }

  int downloads() {
    return downloads;
  }

  /// The wait before a batch is asked for, or handed in, for that time.
  static long pollNanos(BatchConfig config, int time) {
    return (long) Math.min(config.pollSeconds() * 1e9 * Math.pow(LONGER, time), LONGEST_WAIT_NANOS);
  }

  private void wait(long nanos, long nowNanos) {
    dueNanos = nowNanos + nanos;
  }
}
