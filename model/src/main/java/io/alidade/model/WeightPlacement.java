package io.alidade.model;

import java.util.Locale;

/// Where the matrices of a model are while it embeds.
public enum WeightPlacement {
  /// Loaded where that takes at most half of the machine's memory, else mapped.
  AUTO,
  /// In memory as float32: fastest, and the only way to train and merge.
  LOADED,
  /// In their files, converted to float32 block by block at each use: the kernel keeps in memory
  /// what has room and reads again what has not.
  MAPPED;

  private static final double GB = 1e9;

  /// Whether a model is to be mapped.
  ///
  /// @param memoryBytes the machine's memory, or 0 where it is not known
  public boolean maps(long parameters, long memoryBytes) {
    return switch (this) {
      case AUTO -> memoryBytes > 0 && parameters * Float.BYTES > memoryBytes / 2;
      case LOADED -> false;
      case MAPPED -> true;
    };
  }

  /// Why [#AUTO] maps a model, for people.
  static String reason(long parameters, long memoryBytes) {
    return String.format(
        Locale.ROOT,
        "%.1f billion weights are %.1f GB as float32, more than half of this machine's %.1f GB; they stay mapped from their files and are converted as they are used",
        parameters / GB,
        parameters * Float.BYTES / GB,
        memoryBytes / GB);
  }
}
