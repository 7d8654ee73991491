package io.alidade.train.batch;

import java.util.Arrays;

/// The batches of an epoch, as numbers of examples.
public final class Epoch {
  private final int number;
  private final int[] examples;
  private final int[] starts;
  private final int[] order;

  /// @param starts of the batches among the examples, and behind the last one their end
  /// @param order of the batches
  Epoch(int number, int[] examples, int[] starts, int[] order) {
    this.number = number;
    this.examples = examples;
    this.starts = starts;
    this.order = order;
  }

  /// Counted from 0.
  public int number() {
    return number;
  }

  /// How many batches there are.
  public int size() {
    return order.length;
  }

  /// The examples of a batch, in order.
  public int[] batch(int index) {
    int batch = order[index];
    return Arrays.copyOfRange(examples, starts[batch], starts[batch + 1]);
  }
}
