package io.alidade.benchmarks;

import io.alidade.core.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Notes at 10, 50 and 100 % of some work what memory it holds: what is reachable in Java's heap
/// after a collection, and the most that was resident until then. For one thread.
final class MemoryMarks implements Progress {
  private static final int[] PERCENT = {10, 50, 100};
  private static final int WHOLE = 100;
  private static final int MEGABYTE_BITS = 20;

  private final List<String> marks = new ArrayList<>();

  @Override
  public void update(long done, long total, String detail) {
    if (marks.size() < PERCENT.length && done * WHOLE >= total * PERCENT[marks.size()]) {
      marks.add(
          String.format(
              Locale.ROOT,
              "{\"percent\": %d, \"heap_mb\": %d, \"peak_rss_mb\": %d}",
              PERCENT[marks.size()],
              heapMegabytes(),
              PeakMemory.megabytes()));
    }
  }

  /// What is reachable now.
  static long heapMegabytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return (runtime.totalMemory() - runtime.freeMemory()) >> MEGABYTE_BITS;
  }

  /// As a JSON list.
  @Override
  public String toString() {
    return marks.toString();
  }
}
