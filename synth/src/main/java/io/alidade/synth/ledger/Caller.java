package io.alidade.synth.ledger;

import io.alidade.synth.llm.ChatClient;
import io.alidade.synth.llm.ChatOutcome;
import io.alidade.synth.llm.ChatRequest;
import io.alidade.synth.llm.LlmConfig;
import io.alidade.synth.llm.Usage;
import io.alidade.synth.sampling.Draw;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/// Asks LLMs by one request a call within the budget, and again where that makes sense. An answer
/// that the ledger holds is taken from there. Threads may share it.
final class Caller {
  private static final double LONGEST_BACKOFF_NANOS = 60e9;
  private static final long MILLION = 1_000_000;

  private final BudgetConfig config;
  private final Ledger ledger;
  private final Budget budget;
  private final Map<LlmConfig, ChatClient> clients;
  private final Pause pause;
  private final BooleanSupplier stop;
  private final Semaphore slots;
  private final Map<LlmConfig, RateLimit> servers = new ConcurrentHashMap<>();
  private final RateLimit limit;
  private final Setbacks setbacks;

  /// @param clients one for each LLM of the recipe
  /// @param stop asked before each call
  Caller(
      BudgetConfig config,
      Ledger ledger,
      Budget budget,
      Map<LlmConfig, ChatClient> clients,
      Pause pause,
      BooleanSupplier stop,
      Setbacks setbacks) {
    this.config = config;
    this.ledger = ledger;
    this.budget = budget;
    this.clients = Map.copyOf(clients);
    this.pause = pause;
    this.stop = stop;
    this.slots = new Semaphore(config.concurrency(), true);
    this.limit = new RateLimit(config, pause);
    this.setbacks = setbacks;
  }

  /// The end of the call; none if it was tried as often as allowed without one.
  ///
  /// @throws BudgetException if it could pass the cap
  /// @throws LlmException if the server takes no such requests, or gives no answers any more
  /// @throws StoppedException if the run is asked to stop
  Optional<ChatOutcome.Final> ask(ChatRequest request) {
    Optional<ChatOutcome.Final> recorded = ledger.take(request);
    if (recorded.isPresent()) {
      return recorded;
    }
    String reason = "";
    for (int attempt = 0; attempt < config.attempts(); attempt++) {
      switch (send(request)) {
        case ChatOutcome.Final end -> {
          setbacks.answered();
          return Optional.of(end);
        }
        case ChatOutcome.Denied(int status, String message) ->
            throw LlmException.denied(request.llm(), status, message);
        case ChatOutcome.Retriable failed -> {
          reason = failed.reason();
          if (attempt + 1 < config.attempts()) {
            backOff(request, failed, attempt);
          }
        }
      }
    }
    setbacks.givenUp(request.llm(), reason);
    return Optional.empty();
  }

  private ChatOutcome send(ChatRequest request) {
    slots.acquireUninterruptibly();
    try {
      checkStop();
      long expected = request.mostInputTokens() / 4 + request.llm().maxTokens();
      limit.await(expected);
      server(request.llm()).await(0);
      checkStop();
      ChatOutcome outcome = sendPaid(request);
      limit.correct(expected, tokens(outcome).orElse(expected));
      return outcome;
    } finally {
      slots.release();
    }
  }

  /// Reserves, sends, records, settles: in this order, whatever happens between.
  private ChatOutcome sendPaid(ChatRequest request) {
    var bound = new Usage(request.mostInputTokens(), request.llm().maxTokens());
    Usd most = Usd.cost(request.llm(), bound);
    budget.reserve(most);
    Usd cost = most;
    try {
      long number = ledger.begin(most);
      Instant started = Instant.now();
      long start = System.nanoTime();
      ChatOutcome outcome = client(request.llm()).send(request);
      long millis = (System.nanoTime() - start) / MILLION;
      CallRecord record =
          CallRecord.of(number, request, outcome, CallRecord.Sent.alone(started, millis), most);
      ledger.end(record);
      cost = record.cost();
      return outcome;
    } finally {
      budget.settle(most, cost);
    }
  }

  private void backOff(ChatRequest request, ChatOutcome.Retriable failed, int attempt) {
    double jitter = 0.5 + new Draw(request.seed(), request.callId()).share("backoff" + attempt);
    double seconds = config.backoffSeconds() * Math.scalb(jitter, attempt);
    Duration own = Duration.ofNanos((long) Math.min(seconds * 1e9, LONGEST_BACKOFF_NANOS));
    if (failed instanceof ChatOutcome.Throttled(Optional<Duration> retryAfter, _)) {
      // All calls to this server wait: each of them would only be turned away as well.
      server(request.llm()).close(retryAfter.orElse(own));
    } else {
      pause.sleep(own);
    }
  }

  private void checkStop() {
    if (stop.getAsBoolean()) {
      throw new StoppedException();
    }
  }

  private RateLimit server(LlmConfig llm) {
    return servers.computeIfAbsent(llm, _ -> new RateLimit(BudgetConfig.defaults(), pause));
  }

  private ChatClient client(LlmConfig llm) {
    ChatClient client = clients.get(llm);
    if (client == null) {
      throw new IllegalArgumentException("there is no client for " + llm.label());
    }
    return client;
  }

  private static Optional<Long> tokens(ChatOutcome outcome) {
    return outcome instanceof ChatOutcome.Final end && end.usage().known()
        ? Optional.of(end.usage().input() + end.usage().output())
        : Optional.empty();
  }
}
