package io.alidade.cli.command;

import io.alidade.core.AlidadeException;
import io.alidade.core.Embedder;
import io.alidade.core.Progress;
import io.alidade.core.TextInput;
import io.alidade.train.StopSignal;
import java.util.List;
import java.util.function.Consumer;

/// Embeds many texts a batch at a time, so that vectors can be kept as they come.
final class Batches {
  /// Large enough for the embedder to find texts of like length, small enough to lose little.
  private static final int TEXTS = 256;

  private Batches() {}

  /// Embeds the inputs from the given one on.
  ///
  /// @throws AlidadeException if asked to stop, after the batch at hand was taken
  static void embed(
      Embedder embedder,
      List<TextInput> inputs,
      int from,
      Progress progress,
      StopSignal signal,
      Consumer<float[][]> taker) {
    progress.update(from, inputs.size(), "texts");
    for (int start = from; start < inputs.size(); start += TEXTS) {
      int end = Math.min(start + TEXTS, inputs.size());
      taker.accept(embedder.embed(inputs.subList(start, end)));
      progress.update(end, inputs.size(), "texts");
      if (signal.stopRequested() && end < inputs.size()) {
        throw new AlidadeException(
            "stopped after %d of %d texts; the same command continues there"
                .formatted(end, inputs.size()));
      }
    }
  }
}
