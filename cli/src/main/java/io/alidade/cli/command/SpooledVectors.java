package io.alidade.cli.command;

import io.alidade.core.AlidadeException;
import io.alidade.core.Embedder;
import io.alidade.core.Progress;
import io.alidade.core.Sha256;
import io.alidade.core.TextInput;
import io.alidade.data.VectorSpool;
import io.alidade.eval.api.ServerException;
import io.alidade.train.StopSignal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;

/// Vectors of many texts that lie in a file while the work on them is not done, so that they take
/// no memory and work that was stopped embeds nothing twice.
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

  /// The vectors of texts that are all different, for as long as this is open.
  ///
  /// @param identity everything that an embedder's vectors depend on beside the texts
  /// @throws AlidadeException if asked to stop, or if a server fails on the way
  @SuppressWarnings("MustBeClosed") // this owns the spool, and closes it
  Function<TextInput, float[]> of(Embedder embedder, String identity, List<TextInput> texts) {
    VectorSpool opened = VectorSpool.open(target, key(identity, texts), embedder.dimensions());
    spool = Optional.of(opened);
    try {
      Batches.embed(embedder, texts, opened.rows(), progress, signal, opened::append);
    } catch (ServerException e) {
      throw new AlidadeException(
          "%s; %d of %d texts are embedded, and the same command continues there"
              .formatted(e.getMessage(), opened.rows(), texts.size()),
          e);
    }
    Map<TextInput, Integer> places = HashMap.newHashMap(texts.size());
    texts.forEach(text -> places.put(text, places.size()));
    IntFunction<float[]> rows = opened.mapped();
    return text ->
        rows.apply(Objects.requireNonNull(places.get(text), () -> "no vector of: " + text));
  }

  private static String key(String identity, List<TextInput> texts) {
    MessageDigest digest = Sha256.digest();
    digest.update(identity.getBytes(StandardCharsets.UTF_8));
    for (TextInput text : texts) {
      digest.update(("\n" + text).getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest());
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
