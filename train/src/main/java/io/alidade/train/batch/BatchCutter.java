package io.alidade.train.batch;

import java.util.HashSet;
import java.util.Set;

/// Cuts groups of examples into batches, in their order.
///
/// A batch is closed when it holds [BatchConfig#examples], or when the next example would bring it
/// above [BatchConfig#tokens]. Where examples that share a text are kept apart, one that shares a
/// text with another of the batch waits for the next; at a group's end, and where too many wait,
/// those that wait go in all the same.
final class BatchCutter {
  /// How many batches' worth of examples may wait, so that time stays in proportion to their number
  /// whatever the data.
  private static final int MOST_WAITING = 4;

  private final ExampleTable table;
  private final BatchConfig config;
  private final Numbers examples = new Numbers();
  private final Numbers starts = new Numbers();

  /// Those that wait, first come first served.
  private Numbers waiting = new Numbers();

  // The batch that is open.
  private final Numbers open = new Numbers();
  private final Set<Integer> texts = new HashSet<>();
  private long tokens;

  BatchCutter(ExampleTable table, BatchConfig config) {
    this.table = table;
    this.config = config;
    starts.add(0);
  }

  /// All batches so far, one behind the other.
  int[] examples() {
    return examples.toArray();
  }

  /// Where each batch begins, and where the last one ends.
  int[] starts() {
    return starts.toArray();
  }

  /// Batches of all examples of a group.
  void cut(int[] group) {
    int firstBatch = starts.size() - 1;
    fill(group);
    while (open.size() + waiting.size() > 0) {
      takeWaiting(false);
      takeWaiting(true);
      close();
    }
    joinLast(firstBatch);
  }

  /// Full batches of a group.
  ///
  /// @param rests takes the others
  void cutFull(int[] group, Numbers rests) {
    fill(group);
    move(open, rests);
    move(waiting, rests);
    forget();
  }

  /// Closes all batches but the last, which has room; it and those that wait are left.
  private void fill(int[] group) {
    for (int example : group) {
      while (!hasRoom(example)) {
        beginNext();
      }
      if (isApart(example) || waiting.size() >= MOST_WAITING * config.examples()) {
        take(example);
      } else {
        waiting.add(example);
      }
      while (open.size() == config.examples()) {
        beginNext();
      }
    }
  }

  private void beginNext() {
    close();
    takeWaiting(false);
  }

  /// @param all even those that share a text with the batch
  private void takeWaiting(boolean all) {
    Numbers before = waiting;
    waiting = new Numbers();
    for (int i = 0; i < before.size(); i++) {
      int example = before.get(i);
      if (hasRoom(example) && (all || isApart(example))) {
        take(example);
      } else {
        waiting.add(example);
      }
    }
  }

  private boolean hasRoom(int example) {
    boolean withinTokens =
        config.tokens() == 0 || tokens + table.tokens(example) <= config.tokens();
    return open.size() == 0 || (open.size() < config.examples() && withinTokens);
  }

  private boolean isApart(int example) {
    if (config.duplicates() == BatchConfig.Duplicates.MASKED || !table.inBatchNegatives(example)) {
      return true;
    }
    int document = table.document(example);
    return !texts.contains(table.query(example))
        && !texts.contains(table.positive(example))
        && (document == 0 || !texts.contains(document));
  }

  private void take(int example) {
    open.add(example);
    tokens += table.tokens(example);
    if (config.duplicates() == BatchConfig.Duplicates.APART && table.inBatchNegatives(example)) {
      texts.add(table.query(example));
      texts.add(table.positive(example));
      texts.add(table.document(example));
    }
  }

  private void close() {
    move(open, examples);
    starts.add(examples.size());
    forget();
  }

  private void forget() {
    texts.clear();
    tokens = 0;
  }

  private static void move(Numbers from, Numbers to) {
    for (int i = 0; i < from.size(); i++) {
      to.add(from.get(i));
    }
    from.clear();
  }

  /// A lone example in the last batch of a group has no in-batch negative: it joins the batch
  /// before it, or, where tokens are limited, gets company out of the nearest batch that can spare
  /// one.
  private void joinLast(int firstBatch) {
    int last = starts.size() - 2;
    if (last <= firstBatch || size(last) != 1) {
      return;
    }
    if (config.tokens() == 0) {
      starts.removeAt(last);
      return;
    }
    int giver = last - 1;
    while (giver > firstBatch && size(giver) < 3) {
      giver--;
    }
    if (size(giver) > 2) {
      examples.moveToEnd(starts.get(giver + 1) - 1);
      for (int batch = giver + 1; batch <= last; batch++) {
        starts.set(batch, starts.get(batch) - 1);
      }
    }
  }

  private int size(int batch) {
    return starts.get(batch + 1) - starts.get(batch);
  }
}
