package io.alidade.mine;

import io.alidade.core.Awaited;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;

/// Makes selections in the order of the questions; where there is a check, of some questions at a
/// time, because it waits for somebody else.
final class Selector implements AutoCloseable {
  private final MiningPolicy policy;
  private final Optional<NegativeCheck> check;
  private final BiConsumer<Question, Selection> done;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Deque<Pending> pending = new ArrayDeque<>();

  private record Pending(Question question, Future<Selection> selection) {}

  /// @param done takes each selection, on the thread that works with this
  Selector(
      MiningPolicy policy,
      @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<NegativeCheck> check,
      BiConsumer<Question, Selection> done) {
    this.policy = policy;
    this.check = check;
    this.done = done;
  }

  void select(Question question, Group group, Ranking ranking) {
    if (check.isEmpty()) {
      done.accept(question, Selection.of(question, group, ranking, policy, check));
      return;
    }
    pending.add(
        new Pending(
            question, threads.submit(() -> Selection.of(question, group, ranking, policy, check))));
    if (pending.size() >= check.get().atOnce()) {
      take();
    }
  }

  /// Waits for all that are under way.
  void finish() {
    while (!pending.isEmpty()) {
      take();
    }
  }

  private void take() {
    Pending first = pending.remove();
    done.accept(first.question, Awaited.value(first.selection, "a check was under way"));
  }

  /// Gives up what is still under way.
  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
