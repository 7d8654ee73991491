package io.alidade.synth.ledger;

import io.alidade.synth.llm.ChatClient;
import io.alidade.synth.llm.ChatOutcome;
import io.alidade.synth.llm.ChatRequest;
import io.alidade.synth.llm.LlmConfig;
import io.alidade.synth.llm.Usage;
import io.alidade.synth.sampling.Draw;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/// Asks LLMs within the budget, and again where that makes sense. An answer that the ledger holds
/// is taken from there. Threads may share it.
public final class Caller {
  /// Calls given up one after the other, with no success between, until the run stops.
  private static final int GIVEN_UP_IN_A_ROW = 3;

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
  private final AtomicInteger givenUp = new AtomicInteger();

  /// @param clients one for each LLM of the recipe
  /// @param stop asked before each call
  public Caller(
      BudgetConfig config,
      Ledger ledger,
      Map<LlmConfig, ChatClient> clients,
      Pause pause,
      BooleanSupplier stop) {
    this.config = config;
    this.ledger = ledger;
    this.budget = new Budget(config, ledger.totals().spent());
    this.clients = Map.copyOf(clients);
    this.pause = pause;
    this.stop = stop;
    this.slots = new Semaphore(config.concurrency(), true);
    this.limit = new RateLimit(config, pause);
  }

  /// The end of the call; none if it was tried as often as allowed without one.
  ///
  /// @throws BudgetException if it could pass the cap
  /// @throws LlmException if the server takes no such requests, or gives no answers any more
  /// @throws StoppedException if the run is asked to stop
  public Optional<ChatOutcome.Final> ask(ChatRequest request) {
    Optional<ChatOutcome.Final> recorded = ledger.take(request);
    if (recorded.isPresent()) {
      return recorded;
    }
    String reason = "";
    for (int attempt = 0; attempt < config.attempts(); attempt++) {
      switch (send(request)) {
        case ChatOutcome.Final end -> {
          givenUp.set(0);
          return Optional.of(end);
        }
        case ChatOutcome.Denied(int status, String message) ->
            throw new LlmException(denial(request.llm(), status, message));
        case ChatOutcome.Retriable failed -> {
          reason = failed.reason();
          if (attempt + 1 < config.attempts()) {
            backOff(request, failed, attempt);
          }
        }
      }
    }
    if (givenUp.incrementAndGet() >= GIVEN_UP_IN_A_ROW) {
      throw new LlmException(
          "%s gives no answers: %d calls in a row failed %d times each, the last with \"%s\"; nothing"
                  .formatted(request.llm().label(), GIVEN_UP_IN_A_ROW, config.attempts(), reason)
              + " is lost, and the same command goes on");
    }
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
      String started = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
      long start = System.nanoTime();
      ChatOutcome outcome = client(request.llm()).send(request);
      long millis = (System.nanoTime() - start) / MILLION;
      CallRecord record = CallRecord.of(number, request, outcome, started, millis, most);
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

  private static String denial(LlmConfig llm, int status, String message) {
    String way =
        switch (status) {
          case 401, 403 ->
              llm.apiKeyEnv().isEmpty()
                  ? "name the variable that holds the key in llms.N.api_key_env"
                  : "check the key in the environment variable " + llm.apiKeyEnv();
          case 404 -> "check model and base_url in the recipe";
          case 429 -> "the account is out of credit; top it up and run the same command again";
          default -> "check model, output, token_limit and max_tokens of this LLM in the recipe";
        };
    return "%s refuses requests with status %d (%s); %s"
        .formatted(llm.label(), status, message, way);
  }
}
