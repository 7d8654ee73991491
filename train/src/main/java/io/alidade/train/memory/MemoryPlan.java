package io.alidade.train.memory;

import io.alidade.core.AtomicFiles;
import io.alidade.core.DataException;
import io.alidade.core.Hardware;
import io.alidade.core.ReadFailure;
import io.alidade.core.UsageException;
import io.alidade.tensor.LibTorch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/// How many tokens a run keeps at a time so that it stays within a limit: `memory.json` in its
/// folder. A run that goes on reads it there, since parts of other sizes sum gradients in another
/// order.
///
/// @param limitBytes what the process may take
/// @param heldBytes as [MemoryNeed#heldBytes]
/// @param tokenBytes as [MemoryNeed#tokenBytes]
/// @param chunkTokens computed at a time, on all threads together
public record MemoryPlan(long limitBytes, long heldBytes, long tokenBytes, int chunkTokens) {
  public static final String FILE_NAME = "memory.json";

  /// Of what the machine has, what a run takes that was not told how much.
  public static final double SHARE = 0.8;

  /// What allocators and Java's heap take beyond what is counted (`docs/benchmarks.md`, "Memory").
  private static final double OVERHEAD = 1.15;

  /// Chunks are multiples of this.
  private static final int STEP = 64;

  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  /// Bytes for a limit in GiB; 0 means [#SHARE] of what the machine has.
  public static long limitBytes(double gib) {
    return gib > 0
        ? (long) (gib * 0x1p30)
        : (long) (SHARE * Hardware.memoryWithin(LibTorch.residentBytes()));
  }

  /// The largest chunk that the limit allows.
  ///
  /// @param leastTokens a text of the longest for every thread
  /// @throws UsageException if not even that fits
  public static MemoryPlan of(long limitBytes, MemoryNeed need, int leastTokens) {
    double left = limitBytes / OVERHEAD - need.heldBytes();
    long fitting = (long) (left / need.tokenBytes());
    if (left < 0 || fitting < leastTokens) {
      double least = OVERHEAD * (need.heldBytes() + (double) need.tokenBytes() * leastTokens);
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "memory of %.1f GiB is too little, a text of max_tokens for every thread takes about"
                  + " %.1f GiB; raise memory_gib, set recompute: true, or lower max_tokens",
              limitBytes / 0x1p30,
              least / 0x1p30));
    }
    long chunk = Math.max(leastTokens, fitting / STEP * STEP);
    return new MemoryPlan(
        limitBytes,
        need.heldBytes(),
        need.tokenBytes(),
        (int) Math.min(chunk, Integer.MAX_VALUE / STEP * STEP));
  }

  /// The plan that a run in a folder began with, if it had one.
  ///
  /// @throws DataException if the file there is none
  public static Optional<MemoryPlan> read(Path folder) {
    Path file = folder.resolve(FILE_NAME);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(Files.readString(file), MemoryPlan.class));
    } catch (JacksonException e) {
      throw new DataException(file, "is no plan of a run's memory; start in another folder", e);
    } catch (IOException e) {
      throw ReadFailure.of(file, e);
    }
  }

  public void write(Path folder) {
    AtomicFiles.writeText(folder.resolve(FILE_NAME), JSON.writeValueAsString(this) + "\n");
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "up to %,d tokens are computed at a time: %.1f GiB held and %.0f KiB a token stay within"
            + " %.1f GiB",
        chunkTokens,
        heldBytes / 0x1p30,
        tokenBytes / 0x1p10,
        limitBytes / 0x1p30);
  }
}
