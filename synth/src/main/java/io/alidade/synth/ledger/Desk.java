package io.alidade.synth.ledger;

import io.alidade.core.AlidadeException;
import io.alidade.synth.llm.ChatClient;
import io.alidade.synth.llm.ChatOutcome;
import io.alidade.synth.llm.ChatRequest;
import io.alidade.synth.llm.LlmConfig;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/// Where LLMs are asked and answers come back, sooner or later, within the budget and each paid for
/// once.
///
/// Every answer comes on a virtual thread of its own, which also runs the stages that wait for it;
/// they may ask on. Threads may share it.
public final class Desk implements AutoCloseable {
  private static final long TURN_MILLIS = 20;

  private final BooleanSupplier stop;
  private final Pause.Real pause = new Pause.Real();
  private final AtomicBoolean abandoned = new AtomicBoolean();
  private final Budget budget;
  private final Caller caller;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /// @param clients one for each LLM of the recipe
  /// @param stop asked before each call and on each turn
  public Desk(
      BudgetConfig config,
      Ledger ledger,
      Map<LlmConfig, ChatClient> clients,
      BooleanSupplier stop) {
    this.stop = stop;
    budget = new Budget(config, ledger.totals().spent());
    caller =
        new Caller(
            config,
            ledger,
            budget,
            clients,
            pause,
            () -> abandoned.get() || stop.getAsBoolean(),
            new Setbacks(config.attempts()));
  }

  /// The end of the call; none if it was tried as often as allowed without one. Fails with
  ///
  /// - [BudgetException] if it could pass the cap,
  /// - [LlmException] if the server takes no such requests, or gives no answers any more,
  /// - [StoppedException] if the run is asked to stop.
  public CompletableFuture<Optional<ChatOutcome.Final>> ask(ChatRequest request) {
    var end = new CompletableFuture<Optional<ChatOutcome.Final>>();
    threads.execute(
        () -> {
          try {
            end.complete(caller.ask(request));
          } catch (RuntimeException e) {
            end.completeExceptionally(e);
          }
        });
    return end;
  }

  /// One turn of waiting: a moment, or less if what is awaited comes. To be called by one thread
  /// again and again, for as long as it waits.
  ///
  /// @throws StoppedException if the run is asked to stop
  public void attend(Future<?> awaited) {
    checkStop();
    try {
      Object _ = awaited.get(TURN_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException _) {
      // Whoever takes the result hears of a failure.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AlidadeException("interrupted while waiting for answers", e);
    }
  }

  /// Ends the work if that is asked for.
  ///
  /// @throws StoppedException if the run is asked to stop
  public void checkStop() {
    if (stop.getAsBoolean()) {
      throw new StoppedException();
    }
  }

  /// Begins no call any more; those under way come to their end and are recorded.
  public void abandon() {
    abandoned.set(true);
    pause.stop();
    budget.stop();
  }

  /// Waits for what is under way.
  @Override
  public void close() {
    threads.close();
  }
}
