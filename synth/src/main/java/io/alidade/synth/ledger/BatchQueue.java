package io.alidade.synth.ledger;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.alidade.synth.ledger.BatchCall.Waiting;
import io.alidade.synth.llm.ChatOutcome;
import io.alidade.synth.llm.ChatRequest;
import io.alidade.synth.llm.LlmConfig;
import io.alidade.synth.llm.Usage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Calls that wait for a batch, and calls that are in one, so that none is made twice. Threads may
/// share it.
final class BatchQueue {
  private final Ledger ledger;
  private final Budget budget;

  @GuardedBy("this")
  private final Map<LlmConfig, ArrayDeque<Queued>> queues = new LinkedHashMap<>();

  @GuardedBy("this")
  private final Map<String, BatchCall> underWay = new HashMap<>();

  /// A call that is in no batch yet.
  record Queued(ChatRequest request, Waiting waiting) {
    /// What it can cost.
    Usd most() {
      var bound = new Usage(request.mostInputTokens(), request.llm().maxTokens());
      return Usd.cost(request.llm(), bound).times(request.llm().batch().priceShare());
    }
  }

  BatchQueue(Ledger ledger, Budget budget) {
    this.ledger = ledger;
    this.budget = budget;
  }

  /// Takes a call in, unless it is to be made by itself. What is recorded is told at once.
  ///
  /// @return whether it is taken in
  boolean take(ChatRequest request, CompletableFuture<Optional<ChatOutcome.Final>> end) {
    var waiting = new Waiting(end, 0);
    Optional<ChatOutcome.Final> recorded;
    synchronized (this) {
      if (underWay.isEmpty() && !request.llm().batch().used()) {
        // Nothing to look for, and so the request need not be hashed.
        return false;
      }
      BatchCall call = underWay.get(request.hash());
      if (call != null) {
        call.await(waiting);
        return true;
      }
      if (!request.llm().batch().used()) {
        return false;
      }
      recorded = ledger.take(request);
      if (recorded.isEmpty()) {
        add(new Queued(request, waiting));
      }
    }
    recorded.ifPresent(_ -> end.complete(recorded));
    return true;
  }

  synchronized void add(Queued call) {
    queues.computeIfAbsent(call.request().llm(), _ -> new ArrayDeque<>()).add(call);
  }

  /// The LLMs that calls wait for.
  synchronized List<LlmConfig> llms() {
    return queues.entrySet().stream()
        .filter(entry -> !entry.getValue().isEmpty())
        .map(Map.Entry::getKey)
        .toList();
  }

  /// The first call that waits for an LLM.
  synchronized Queued first(LlmConfig llm) {
    return queue(llm).element();
  }

  /// As many calls as fit into a batch and into the budget, which holds them from now on.
  synchronized List<Queued> reserve(LlmConfig llm, BatchPace pace) {
    ArrayDeque<Queued> queue = queue(llm);
    var taken = new ArrayList<Queued>();
    long bytes = 0;
    while (!queue.isEmpty() && taken.size() < pace.mostRequests()) {
      Queued next = queue.element();
      bytes += BatchPace.bytes(next.request());
      boolean fits = taken.isEmpty() || bytes <= pace.mostBytes();
      if (!fits || !budget.reserveIfFree(next.most())) {
        break;
      }
      taken.add(queue.remove());
    }
    return taken;
  }

  /// Knows a batch's calls from now on.
  synchronized void enter(OpenBatch batch) {
    batch.calls().values().forEach(call -> underWay.put(call.hash(), call));
  }

  /// Forgets a call that was not made.
  synchronized void forget(BatchCall call) {
    underWay.remove(call.hash());
  }

  /// Enters a call's end into the ledger. There it is found again if nobody waits for it yet.
  ///
  /// @return who waits
  synchronized Optional<Waiting> record(BatchCall call, CallRecord end) {
    underWay.remove(call.hash());
    if (call.waiting().isEmpty()) {
      ledger.keep(end);
    } else {
      ledger.end(end);
    }
    return call.waiting();
  }

  @GuardedBy("this")
  private ArrayDeque<Queued> queue(LlmConfig llm) {
    return queues.computeIfAbsent(llm, _ -> new ArrayDeque<>());
  }
}
