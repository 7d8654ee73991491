package io.alidade.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Watches how much of this process is in memory: its own pages, which only it can free, and pages
/// of mapped files, which the kernel takes back when it needs them.
final class ResidentMemory implements AutoCloseable {
  private static final int INTERVAL_MILLIS = 50;

  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private volatile long own;
  private volatile long mapped;

  private ResidentMemory() {}

  static ResidentMemory watch() {
    var memory = new ResidentMemory();
    var _ =
        memory.clock.scheduleAtFixedRate(memory::look, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    return memory;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // only the clock's thread writes
  private void look() {
    own = Math.max(own, kilobytes("RssAnon:"));
    mapped = Math.max(mapped, kilobytes("RssFile:"));
  }

  private static long kilobytes(String key) {
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith(key))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long ownMegabytes() {
    return own >> 10;
  }

  long mappedMegabytes() {
    return mapped >> 10;
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
