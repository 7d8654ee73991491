package io.alidade.train.batch;

import io.alidade.core.Example;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The batches of each epoch: every example once, in an order that is a function of (seed, epoch,
/// example id), so that a run can be continued anywhere and a second run is the same.
public final class BatchPlan {
  private final List<Example> examples;
  private final BatchConfig config;
  private final long seed;

  public BatchPlan(List<Example> examples, BatchConfig config, long seed) {
    this.examples = List.copyOf(examples);
    this.config = config;
    this.seed = seed;
  }

  /// The batches of an epoch, counted from 0. Each holds [BatchConfig#examples] examples but for
  /// one smaller rest a group; a rest of a single example joins the batch before it.
  public List<List<Example>> epoch(int epoch) {
    var batches = new ArrayList<List<Example>>();
    for (List<Example> group : groups(epoch)) {
      cut(group, batches);
    }
    return sortedByHash(
        batches, batch -> OrderKey.of(seed, epoch, "batch " + batch.getFirst().id()));
  }

  private List<List<Example>> groups(int epoch) {
    List<Example> shuffled =
        sortedByHash(examples, example -> OrderKey.of(seed, epoch, example.id()));
    if (config.homogeneous() == BatchConfig.Homogeneous.NONE) {
      return List.of(shuffled);
    }
    Map<String, List<Example>> byKind = new TreeMap<>();
    for (Example example : shuffled) {
      byKind.computeIfAbsent(example.kind().label(), _ -> new ArrayList<>()).add(example);
    }
    if (config.homogeneous() == BatchConfig.Homogeneous.KIND) {
      return List.copyOf(byKind.values());
    }
    var groups = new ArrayList<List<Example>>();
    byKind.values().forEach(ofKind -> groups.addAll(byInstruction(ofKind)));
    return groups;
  }

  /// Full batches of one instruction each, then the rests of all instructions of the kind.
  private List<List<Example>> byInstruction(List<Example> ofKind) {
    Map<String, List<Example>> byInstruction = new LinkedHashMap<>();
    for (Example example : ofKind) {
      byInstruction.computeIfAbsent(example.instruction(), _ -> new ArrayList<>()).add(example);
    }
    var groups = new ArrayList<List<Example>>();
    var rests = new ArrayList<Example>();
    for (List<Example> group : byInstruction.values()) {
      int full = group.size() / config.examples() * config.examples();
      if (full > 0) {
        groups.add(group.subList(0, full));
      }
      rests.addAll(group.subList(full, group.size()));
    }
    if (!rests.isEmpty()) {
      groups.add(rests);
    }
    return groups;
  }

  private void cut(List<Example> group, List<List<Example>> batches) {
    int start = 0;
    while (start < group.size()) {
      int end = Math.min(start + config.examples(), group.size());
      if (group.size() - end == 1) {
        end = group.size();
      }
      batches.add(List.copyOf(group.subList(start, end)));
      start = end;
    }
  }

  private static <T> List<T> sortedByHash(
      List<T> items, java.util.function.Function<T, OrderKey> key) {
    record Keyed<T>(OrderKey key, T item) {}
    return items.stream()
        .map(item -> new Keyed<>(key.apply(item), item))
        .sorted(Comparator.comparing(Keyed::key))
        .map(Keyed::item)
        .toList();
  }
}
