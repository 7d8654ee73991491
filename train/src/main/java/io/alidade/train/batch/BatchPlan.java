package io.alidade.train.batch;

import io.alidade.core.TaskKind;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// The batches of each epoch: every example as often as its source says, mostly once, in an order
/// that is a function of (seed, epoch, example id), so that a run can be continued anywhere and a
/// second run is the same. No text is needed for it.
public final class BatchPlan {
  private static final List<TaskKind> KINDS =
      Arrays.stream(TaskKind.values()).sorted(Comparator.comparing(TaskKind::label)).toList();
  private static final int NONE = -1;

  private final ExampleTable table;
  private final BatchConfig config;
  private final long seed;

  public BatchPlan(ExampleTable table, BatchConfig config, long seed) {
    this.table = table;
    this.config = config;
    this.seed = seed;
  }

  /// The batches of an epoch, counted from 0: as full as the configuration allows but for one a
  /// group; a rest of a single example joins the batch before it.
  public Epoch epoch(int epoch) {
    int[] shuffled = shuffled(epoch);
    var cutter = new BatchCutter(table, config);
    switch (config.homogeneous()) {
      case NONE -> cutter.cut(shuffled);
      case KIND -> KINDS.forEach(kind -> cutter.cut(ofKind(shuffled, kind)));
      case INSTRUCTION ->
          KINDS.forEach(kind -> cutByInstruction(ofKind(shuffled, kind), epoch, cutter));
    }
    return inOrder(epoch, cutter);
  }

  /// All sights of all examples, the second one of an example in a place of its own.
  private int[] shuffled(int epoch) {
    var examples = new Numbers();
    var hashes = new LongNumbers();
    for (int i = 0; i < table.size(); i++) {
      String id = table.times(i) == 0 ? "" : table.id(i);
      for (int time = 0; time < table.times(i); time++) {
        examples.add(i);
        hashes.add(OrderKey.of(seed, epoch, time == 0 ? id : id + " " + time).hash());
      }
    }
    int[] order = HashOrder.of(hashes.toArray(), (a, b) -> byId(examples.get(a), examples.get(b)));
    for (int i = 0; i < order.length; i++) {
      order[i] = examples.get(order[i]);
    }
    return order;
  }

  private int byId(int one, int other) {
    return table.id(one).compareTo(table.id(other));
  }

  private int[] ofKind(int[] examples, TaskKind kind) {
    return Arrays.stream(examples).filter(example -> table.kind(example) == kind).toArray();
  }

  /// Full batches of one instruction each, the instructions in the order in which they first occur,
  /// then the rests of all instructions of the kind.
  private void cutByInstruction(int[] ofKind, int epoch, BatchCutter cutter) {
    int[] groups = new int[table.instructions()];
    Arrays.fill(groups, NONE);
    int[] groupOf = new int[ofKind.length];
    var sizes = new Numbers();
    for (int i = 0; i < ofKind.length; i++) {
      int instruction = table.instruction(ofKind[i], seed, epoch);
      if (groups[instruction] == NONE) {
        groups[instruction] = sizes.size();
        sizes.add(0);
      }
      groupOf[i] = groups[instruction];
      sizes.set(groupOf[i], sizes.get(groupOf[i]) + 1);
    }
    var rests = new Numbers();
    for (int[] group : divided(ofKind, groupOf, sizes)) {
      cutter.cutFull(group, rests);
    }
    cutter.cut(rests.toArray());
  }

  private static int[][] divided(int[] examples, int[] groupOf, Numbers sizes) {
    int[][] groups = new int[sizes.size()][];
    int[] filled = new int[groups.length];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = new int[sizes.get(i)];
    }
    for (int i = 0; i < examples.length; i++) {
      int group = groupOf[i];
      groups[group][filled[group]++] = examples[i];
    }
    return groups;
  }

  private Epoch inOrder(int epoch, BatchCutter cutter) {
    int[] examples = cutter.examples();
    int[] starts = cutter.starts();
    long[] hashes = new long[starts.length - 1];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = OrderKey.of(seed, epoch, "batch " + table.id(examples[starts[i]])).hash();
    }
    int[] order = HashOrder.of(hashes, (a, b) -> byId(examples[starts[a]], examples[starts[b]]));
    return new Epoch(epoch, examples, starts, order);
  }
}
