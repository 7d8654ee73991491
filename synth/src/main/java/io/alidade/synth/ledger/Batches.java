package io.alidade.synth.ledger;

import io.alidade.synth.ledger.BatchCall.Waiting;
import io.alidade.synth.ledger.BatchQueue.Queued;
import io.alidade.synth.llm.BatchStatus;
import io.alidade.synth.llm.ChatOutcome;
import io.alidade.synth.llm.ChatRequest;
import io.alidade.synth.llm.LlmConfig;
import io.alidade.synth.llm.OpenAiBatchClient;
import io.alidade.synth.llm.ServerException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// Makes calls in batches.
///
/// Calls are collected until nobody is left who might add one, handed in within the budget, asked
/// after, and recorded one by one when their batch is at its end; those that came to nothing go
/// into a later batch. What an earlier process had under way is taken up again. For one thread.
final class Batches {
  private final BudgetConfig config;
  private final Ledger ledger;
  private final Budget budget;
  private final BatchBook book;
  private final BatchQueue queue;
  private final Function<LlmConfig, OpenAiBatchClient> clients;
  private final Setbacks setbacks;
  private final Waiters waiters;
  private final Pause pause;
  private final List<OpenBatch> open;
  private final Map<LlmConfig, BatchPace> paces = new HashMap<>();

  /// Those who wait for calls, and may ask for others when they hear of the end of one.
  interface Waiters {
    /// Whether some are still at it.
    boolean busy();

    /// Tells them of an end, and returns at once.
    void tell(
        CompletableFuture<Optional<ChatOutcome.Final>> waiting,
        @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<ChatOutcome.Final> end);

    /// Tells them that there is none and will be none, likewise.
    void fail(CompletableFuture<Optional<ChatOutcome.Final>> waiting, LlmException problem);
  }

  Batches(
      BudgetConfig config,
      Ledger ledger,
      Budget budget,
      BatchBook book,
      BatchQueue queue,
      Function<LlmConfig, OpenAiBatchClient> clients,
      Setbacks setbacks,
      Waiters waiters,
      Pause pause) {
    this.config = config;
    this.ledger = ledger;
    this.budget = budget;
    this.book = book;
    this.queue = queue;
    this.clients = clients;
    this.setbacks = setbacks;
    this.waiters = waiters;
    this.pause = pause;
    this.open = new ArrayList<>(book.recovered(ledger));
    for (OpenBatch batch : open) {
      queue.enter(batch);
      batch.calls().values().forEach(call -> budget.hold(call.most()));
    }
  }

  /// Does what is due; returns soon.
  ///
  /// @throws BudgetException if no call that waits could be paid for
  /// @throws LlmException if a server will not or cannot go on
  void step() {
    for (OpenBatch batch : List.copyOf(open)) {
      if (batch.due(pause.nanoTime())) {
        advance(batch);
      }
    }
    if (!waiters.busy()) {
      handIn();
    }
  }

  /// Those that are not at their end.
  List<OpenBatch> open() {
    return List.copyOf(open);
  }

  private void handIn() {
    List<LlmConfig> llms = queue.llms();
    boolean held = false;
    for (LlmConfig llm : llms) {
      BatchPace pace = pace(llm);
      boolean free = pace.free(pause.nanoTime());
      held |= !free;
      while (free && batchesOf(llm) < llm.batch().atOnce()) {
        List<Queued> next = queue.reserve(llm, pace);
        if (next.isEmpty()) {
          break;
        }
        plan(llm, next);
      }
    }
    if (!llms.isEmpty() && open.isEmpty() && !held) {
      throw budget.refusal(queue.first(llms.getFirst()).most());
    }
  }

  private long batchesOf(LlmConfig llm) {
    return open.stream().filter(batch -> batch.llm().equals(llm)).count();
  }

  private BatchPace pace(LlmConfig llm) {
    return paces.computeIfAbsent(llm, one -> new BatchPace(one.batch()));
  }

  private void plan(LlmConfig llm, List<Queued> calls) {
    List<BatchBook.Planned> planned =
        calls.stream()
            .map(call -> new BatchBook.Planned(ledger.nextNumber(), call.request(), call.most()))
            .toList();
    OpenBatch batch = book.plan(llm, planned);
    int i = 0;
    for (BatchCall call : batch.calls().values()) {
      call.await(calls.get(i++).waiting());
    }
    queue.enter(batch);
    open.add(batch);
  }

  private void advance(OpenBatch batch) {
    OpenAiBatchClient client = clients.apply(batch.llm());
    try {
      if (batch.inputFile().isEmpty()) {
        upload(batch, client);
      } else if (batch.id().isEmpty()) {
        submit(batch, client);
      } else {
        askAfter(batch, client);
      }
    } catch (ServerException e) {
      postpone(batch, e);
    }
  }

  private void upload(OpenBatch batch, OpenAiBatchClient client) {
    Path file = book.writeUpload(batch);
    book.uploaded(batch, client.upload(file));
    BatchBook.delete(file);
  }

  /// A batch that was made and whose id did not arrive is found by its file, which no other has.
  private void submit(OpenBatch batch, OpenAiBatchClient client) {
    Optional<BatchStatus> found =
        batch.createdPerhaps() ? client.find(batch.inputFile()) : Optional.empty();
    BatchStatus status = found.orElseGet(() -> create(batch, client));
    book.submitted(batch, status.id(), Instant.now().truncatedTo(ChronoUnit.MILLIS));
    batch.heard(status, pause.nanoTime());
  }

  private BatchStatus create(OpenBatch batch, OpenAiBatchClient client) {
    batch.createTried();
    try {
      return client.create(
          batch.inputFile(), Map.of("made_by", "alidade generate", "batch", "" + batch.number()));
    } catch (ServerException e) {
      if (e.problem() instanceof ChatOutcome.Denied) {
        // Nothing was made, and so nothing is to pay; a later process starts anew.
        List<Queued> _ = giveBack(batch, "refused");
      }
      throw e;
    }
  }

  private void askAfter(OpenBatch batch, OpenAiBatchClient client) {
    BatchStatus status = client.retrieve(batch.id());
    batch.heard(status, pause.nanoTime());
    switch (status.state()) {
      case UNDER_WAY -> {
        // Is asked after again.
      }
      case FAILED -> refused(batch, status.problem());
      case COMPLETED, EXPIRED, CANCELLED -> collect(batch, status, client);
    }
  }

  private void postpone(OpenBatch batch, ServerException problem) {
    switch (problem.problem()) {
      case ChatOutcome.Denied(int status, String message) ->
          throw LlmException.denied(batch.llm(), status, message);
      case ChatOutcome failed -> {
        Optional<Duration> asked =
            failed instanceof ChatOutcome.Throttled(Optional<Duration> retryAfter, _)
                ? retryAfter
                : Optional.empty();
        Duration wait = asked.orElseGet(() -> config.backOff(batch.failures()));
        if (batch.failed(wait, pause.nanoTime()) >= config.attempts()) {
          throw new LlmException(
              "%s does not go on with a batch: it failed %d times in a row, the last with \"%s\"; nothing is lost, and the same command goes on"
                  .formatted(batch.llm().label(), config.attempts(), problem.getMessage()));
        }
      }
    }
  }

  /// The server would not begin with it: nothing was asked, and nothing is to pay.
  private void refused(OpenBatch batch, BatchStatus.Problem problem) {
    List<Queued> again = giveBack(batch, "failed");
    if (!problem.tooMuchAtOnce()) {
      throw new LlmException(
          "%s refuses batch %s (%s: %s); check model and batch of this LLM in the recipe"
              .formatted(batch.llm().label(), batch.id(), problem.code(), problem.message()));
    }
    BatchPace pace = pace(batch.llm());
    pace.refused(batch.size(), pause.nanoTime());
    if (pace.refusals() >= config.attempts() && batch.size() == 1 && open.isEmpty()) {
      throw new LlmException(
          "%s takes not even one request in a batch: %s"
              .formatted(batch.llm().label(), problem.message()));
    }
    again.forEach(queue::add);
  }

  /// Closes a batch of which no call was made.
  ///
  /// @return the calls that somebody waits for
  private List<Queued> giveBack(OpenBatch batch, String how) {
    var waiting = new ArrayList<Queued>();
    for (BatchCall call : batch.calls().values()) {
      call.waiting().ifPresent(who -> waiting.add(new Queued(book.request(batch, call), who)));
      queue.forget(call);
      budget.settle(call.most(), Usd.ZERO);
    }
    close(batch, how);
    return waiting;
  }

  private void close(OpenBatch batch, String how) {
    book.closed(batch, how);
    open.remove(batch);
  }

  private void collect(OpenBatch batch, BatchStatus status, OpenAiBatchClient client) {
    var collection = new BatchCollection(batch, book.download(batch), client);
    collection.read(status, (call, outcome) -> end(batch, call, outcome));
    if (!collection.whole(status) && batch.downloads() < config.attempts()) {
      batch.downloaded(config.backOff(batch.downloads()), pause.nanoTime());
      return;
    }
    ChatOutcome missing = collection.missing(status);
    for (BatchCall call : List.copyOf(batch.calls().values())) {
      end(batch, call, missing);
    }
    pace(batch.llm()).taken();
    close(batch, status.state().name().toLowerCase(Locale.ROOT));
  }

  /// Records, settles and tells: in this order, whatever happens between.
  private void end(OpenBatch batch, BatchCall call, ChatOutcome outcome) {
    ChatRequest request = book.request(batch, call);
    CallRecord record =
        CallRecord.of(
            call.number(),
            request,
            outcome,
            new CallRecord.Sent(
                batch.submitted(), batch.age().toMillis(), batch.priceShare(), batch.id()),
            call.most());
    Optional<Waiting> waiting = queue.record(call, record);
    batch.calls().remove(call.number());
    budget.settle(call.most(), record.cost());
    waiting.ifPresent(who -> tell(request, who, outcome));
  }

  private void tell(ChatRequest request, Waiting who, ChatOutcome outcome) {
    switch (outcome) {
      case ChatOutcome.Final end -> {
        setbacks.answered();
        waiters.tell(who.end(), Optional.of(end));
      }
      case ChatOutcome.Denied(int status, String message) ->
          waiters.fail(who.end(), LlmException.denied(request.llm(), status, message));
      case ChatOutcome.Retriable failed -> {
        if (who.attempts() + 1 < config.attempts()) {
          queue.add(new Queued(request, new Waiting(who.end(), who.attempts() + 1)));
        } else {
          waiters.tell(who.end(), Optional.empty());
          setbacks.givenUp(request.llm(), failed.reason());
        }
      }
    }
  }
}
