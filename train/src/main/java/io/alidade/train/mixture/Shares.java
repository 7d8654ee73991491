package io.alidade.train.mixture;

import io.alidade.core.UsageException;
import io.alidade.train.batch.ExampleTable;
import io.alidade.train.batch.OrderKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// How often an epoch sees each example: by its source's ratio, or by the sources' weights.
final class Shares {
  private static final int SAMPLING = -1;

  private final ExampleTable table;
  private final long seed;
  private final List<Part> parts = new ArrayList<>();

  /// The examples of a source, which stand together in the table.
  private record Part(DataSource source, int first, int end) {
    int size() {
      return end - first;
    }
  }

  Shares(ExampleTable table, long seed) {
    this.table = table;
    this.seed = seed;
  }

  /// Whether an example is seen at all by its source's ratio, so that others need no memory.
  static boolean mayBeSeen(DataSource source, String id, long seed) {
    return source.ratio() >= 1 || draw(id, seed).share() < source.ratio();
  }

  private static OrderKey draw(String id, long seed) {
    return OrderKey.of(seed, SAMPLING, id);
  }

  /// Adds the source whose examples the table took last.
  void add(DataSource source) {
    int first = parts.isEmpty() ? 0 : parts.getLast().end();
    parts.add(new Part(source, first, table.size()));
    if (source.ratio() < 1 && parts.getLast().size() == 0) {
      throw new UsageException(
          "data.%d.ratio, %s, leaves no example of %s; raise it"
              .formatted(parts.size() - 1, source.ratio(), source.path()));
    }
    if (source.weight() > 0 && parts.getLast().size() == 0) {
      throw new UsageException(
          "data.%d has a weight, but all examples of %s stand in earlier sources; leave it out"
              .formatted(parts.size() - 1, source.path()));
    }
  }

  /// Says to the table how often each example is seen.
  void apply() {
    double weights = parts.stream().mapToDouble(part -> part.source().weight()).sum();
    double epoch = weights > 0 ? examplesByWeight(weights) : 0;
    for (Part part : parts) {
      if (weights > 0) {
        setNumber(part, Math.round(epoch * part.source().weight() / weights));
      } else if (part.source().ratio() > 1) {
        setRatio(part);
      }
    }
  }

  /// As many as there can be before a source that is not repeated runs out; if all are repeated, as
  /// many as there are.
  private double examplesByWeight(double weights) {
    return parts.stream()
        .filter(part -> !part.source().repeat())
        .mapToDouble(part -> part.size() * weights / part.source().weight())
        .min()
        .orElse(table.size());
  }

  /// Exactly so many, the last of them those with the least hashes.
  private void setNumber(Part part, long number) {
    if (number < 1) {
      throw new UsageException(
          "weight %s gives %s no example in an epoch; raise it"
              .formatted(part.source().weight(), part.source().path()));
    }
    long[] hashes = new long[part.size()];
    for (int i = 0; i < hashes.length; i++) {
      // Signed order is as good as any.
      hashes[i] = draw(table.id(part.first() + i), seed).hash();
    }
    long[] sorted = hashes.clone();
    Arrays.sort(sorted);
    int rest = (int) (number % hashes.length);
    for (int i = 0; i < hashes.length; i++) {
      boolean oneMore = rest > 0 && hashes[i] <= sorted[rest - 1];
      setTimes(part.first() + i, number / hashes.length + (oneMore ? 1 : 0));
    }
  }

  private void setRatio(Part part) {
    long whole = (long) part.source().ratio();
    double fraction = part.source().ratio() - whole;
    for (int i = part.first(); i < part.end(); i++) {
      setTimes(i, whole + (draw(table.id(i), seed).share() < fraction ? 1 : 0));
    }
  }

  /// Those that the walk left out stay out.
  private void setTimes(int example, long times) {
    if (table.times(example) > 0) {
      table.setTimes(example, (int) Math.min(times, Integer.MAX_VALUE));
    }
  }
}
