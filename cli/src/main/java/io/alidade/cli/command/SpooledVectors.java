package io.alidade.cli.command;

import io.alidade.cli.engine.LoadedModel;
import io.alidade.core.Progress;
import io.alidade.core.Sha256;
import io.alidade.core.TextInput;
import io.alidade.core.WriteFailure;
import io.alidade.data.VectorSpool;
import io.alidade.train.StopSignal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Vectors of many texts that lie in a file while the work on them is not done, so that work that
/// was stopped embeds nothing twice.
final class SpooledVectors implements AutoCloseable {
  private final Path target;
  private final Progress progress;
  private final StopSignal signal;
  private Optional<VectorSpool> spool = Optional.empty();

  /// @param target the file that the work is for; the vectors lie beside it
  SpooledVectors(Path target, Progress progress, StopSignal signal) {
    this.target = target;
    this.progress = progress;
    this.signal = signal;
  }

  /// The vectors of texts that are all different.
  ///
  /// @throws io.alidade.core.AlidadeException if asked to stop
  @SuppressWarnings("MustBeClosed") // this owns the spool, and closes it
  Map<TextInput, float[]> of(LoadedModel model, List<TextInput> texts) {
    String key = Sha256.ofText(model.description() + "\n" + texts);
    VectorSpool opened = VectorSpool.open(target, key, model.embedder().dimensions());
    spool = Optional.of(opened);
    Batches.embed(model.embedder(), texts, opened.rows(), progress, signal, opened::append);
    Map<TextInput, float[]> vectors = HashMap.newHashMap(texts.size());
    try {
      var next = texts.iterator();
      opened.forEach(vector -> vectors.put(next.next(), vector));
    } catch (IOException e) {
      throw WriteFailure.of(target, e);
    }
    return vectors;
  }

  /// Removes the file, once the work is done.
  void delete() {
    spool.ifPresent(VectorSpool::delete);
  }

  @Override
  public void close() {
    spool.ifPresent(VectorSpool::close);
  }
}
