package io.alidade.model.transformer;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// The order in which passes over the parts of a batch add to gradients that they share: at every
/// place of the model part after part, so that sums do not depend on which thread was first. Passes
/// follow each other through the model a place apart, and wait only for a slower one before them.
///
/// Every part must run backwards, on a thread that does not wait for a later part.
public final class GradientOrder {

  /// When one pass may add to the gradients at a place, each once a pass.
  public sealed interface Turn {
    /// Any time: of a pass that shares its gradients with none.
    Turn ANY = new AnyTime();

    /// Waits until all earlier parts have added there.
    void begin(int place);

    /// Lets the next part add there.
    void end(int place);
  }

  private record AnyTime() implements Turn {
    @Override
    public void begin(int place) {}

    @Override
    public void end(int place) {}
  }

  private record OfPart(GradientOrder order, int part) implements Turn {
    @Override
    public void begin(int place) {
      order.await(part, place);
    }

    @Override
    public void end(int place) {
      order.pass(place);
    }
  }

  /// How many parts have added at each place.
  private final Map<Integer, Integer> done = new HashMap<>();

  private Optional<RuntimeException> failure = Optional.empty();

  /// The turn of a part, counted from 0.
  public Turn of(int part) {
    return new OfPart(this, part);
  }

  /// Runs parts so that their failure reaches the others, which would wait for them for ever.
  public <T> T guarded(Supplier<T> parts) {
    try {
      return parts.get();
    } catch (RuntimeException e) {
      fail(e);
      throw e;
    } catch (Error e) {
      fail(new IllegalStateException("another part of the batch has failed", e));
      throw e;
    }
  }

  private synchronized void fail(RuntimeException cause) {
    if (failure.isEmpty()) {
      failure = Optional.of(cause);
    }
    notifyAll();
  }

  private synchronized void await(int part, int place) {
    while (failure.isEmpty() && done.getOrDefault(place, 0) != part) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for the part before", e);
      }
    }
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  private synchronized void pass(int place) {
    done.merge(place, 1, Integer::sum);
    notifyAll();
  }
}
