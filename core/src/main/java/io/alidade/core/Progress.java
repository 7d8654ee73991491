package io.alidade.core;

/// Hears of long work as it goes on. Implementations draw a bar, write plain lines or nothing.
@FunctionalInterface
public interface Progress {

  /// A listener that does nothing.
  Progress NONE = (_, _, _) -> {};

  /// Called after each unit of work.
  ///
  /// @param done units finished so far
  /// @param total units in all, or 0 when unknown
  /// @param detail a few words for people, such as `loss 1.23, 540 tokens/s`
  void update(long done, long total, String detail);
}
