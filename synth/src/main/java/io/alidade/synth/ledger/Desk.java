package io.alidade.synth.ledger;

import io.alidade.core.AlidadeException;
import io.alidade.synth.llm.ChatClient;
import io.alidade.synth.llm.ChatOutcome;
import io.alidade.synth.llm.ChatRequest;
import io.alidade.synth.llm.LlmConfig;
import io.alidade.synth.llm.OpenAiBatchClient;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/// Where LLMs are asked and answers come back, sooner or later, within the budget and each paid for
/// once: by a request a call, or in batches.
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
  private final BatchQueue queue;
  private final Batches batches;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger busy = new AtomicInteger();

  /// @param book of the run's batches
  /// @param clients one for each LLM of the recipe
  /// @param batchClients one for each LLM whose calls go in batches
  /// @param stop asked before each call and on each turn
  public Desk(
      BudgetConfig config,
      Ledger ledger,
      BatchBook book,
      Map<LlmConfig, ChatClient> clients,
      Function<LlmConfig, OpenAiBatchClient> batchClients,
      BooleanSupplier stop) {
    this.stop = stop;
    budget = new Budget(config, ledger.totals().spent());
    var setbacks = new Setbacks(config.attempts());
    caller =
        new Caller(
            config,
            ledger,
            budget,
            clients,
            pause,
            () -> abandoned.get() || stop.getAsBoolean(),
            setbacks);
    queue = new BatchQueue(ledger, budget);
    batches =
        new Batches(
            config, ledger, budget, book, queue, batchClients, setbacks, new Waiters(), pause);
  }

  /// The end of the call; none if it was tried as often as allowed without one. Fails with
  ///
  /// - [BudgetException] if it could pass the cap,
  /// - [LlmException] if the server takes no such requests, or gives no answers any more,
  /// - [StoppedException] if the run is asked to stop.
  public CompletableFuture<Optional<ChatOutcome.Final>> ask(ChatRequest request) {
    var end = new CompletableFuture<Optional<ChatOutcome.Final>>();
    start(
        () -> {
          try {
            if (!queue.take(request, end)) {
              end.complete(caller.ask(request));
            }
          } catch (RuntimeException e) {
            end.completeExceptionally(e);
          }
        });
    return end;
  }

  /// One turn of waiting: does what is due for batches, then waits for a moment, or less if what is
  /// awaited comes. To be called by one thread again and again, for as long as it waits.
  ///
  /// @throws BudgetException if no call that waits for a batch could be paid for
  /// @throws LlmException if a server will not or cannot go on with batches
  /// @throws StoppedException if the run is asked to stop
  public void attend(Future<?> awaited) {
    checkStop();
    batches.step();
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
      int underWay = batches.open().size();
      throw underWay == 0 ? new StoppedException() : new StoppedException(underWay);
    }
  }

  /// What is under way in batches, in a few words for people; empty if nothing is.
  public String underWay() {
    return BatchProgress.of(batches.open());
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

  /// Runs work on a thread of its own. It counts as busy until all that waits for it has been run
  /// as well, for that the same thread does.
  private void start(Runnable work) {
    busy.incrementAndGet();
    threads.execute(
        () -> {
          try {
            work.run();
          } finally {
            busy.decrementAndGet();
          }
        });
  }

  /// Those who wait for calls in batches.
  private final class Waiters implements Batches.Waiters {
    @Override
    public boolean busy() {
      return busy.get() > 0;
    }

    @Override
    public void tell(
        CompletableFuture<Optional<ChatOutcome.Final>> waiting,
        @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<ChatOutcome.Final> end) {
      start(() -> waiting.complete(end));
    }

    @Override
    public void fail(CompletableFuture<Optional<ChatOutcome.Final>> waiting, LlmException problem) {
      start(() -> waiting.completeExceptionally(problem));
    }
  }
}
