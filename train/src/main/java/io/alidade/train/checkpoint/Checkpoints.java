package io.alidade.train.checkpoint;

import io.alidade.core.AtomicFiles;
import io.alidade.core.DataException;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.train.optimizer.AdamW;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;

/// The checkpoints of a run: `step-N.state` files of the trained vector and the optimizer's two.
///
/// # Format, version 1
///
/// Little-endian: the magic `ALIDADE1`, steps done (int64), values a vector (int64), bytes a value
/// (int64), then parameters, mean and square, and at the end a CRC-32 of all before it (int64).
public final class Checkpoints {
  private static final byte[] MAGIC =
      "ALIDADE1".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  private static final int HEADER_BYTES = 8 + 3 * Long.BYTES;
  private static final String PREFIX = "step-";
  private static final String SUFFIX = ".state";

  private final Path folder;
  private final CheckpointConfig config;

  public Checkpoints(Path folder, CheckpointConfig config) {
    this.folder = folder;
    this.config = config;
  }

  /// Writes the state after `steps` steps, and removes those too old to keep.
  public void write(int steps, Tensor parameters, AdamW optimizer) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] state = encode(steps, List.of(parameters, optimizer.mean(), optimizer.square()));
    AtomicFiles.write(folder.resolve(PREFIX + steps + SUFFIX), out -> out.write(state));
    all().stream().skip(config.keep()).forEach(Checkpoints::delete);
  }

  /// Restores the newest state that is whole.
  ///
  /// @return steps done, or nothing when there is no checkpoint
  public Optional<Integer> restore(Tensor parameters, AdamW optimizer) {
    for (Path file : all()) {
      Optional<Integer> steps =
          decode(file, List.of(parameters, optimizer.mean(), optimizer.square()));
      if (steps.isPresent()) {
        return steps;
      }
    }
    return Optional.empty();
  }

  /// The steps that the newest file was written after, whether it is whole or not; 0 if there is
  /// none.
  public int newest() {
    return all().stream().findFirst().map(Checkpoints::steps).orElse(0);
  }

  /// The newest first.
  public List<Path> all() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches(PREFIX + "\\d+\\" + SUFFIX))
          .sorted(Comparator.comparingInt(Checkpoints::steps).reversed())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int steps(Path file) {
    String name = file.getFileName().toString();
    return Integer.parseInt(name.substring(PREFIX.length(), name.length() - SUFFIX.length()));
  }

  private static byte[] encode(int steps, List<Tensor> vectors) {
    DType dtype = vectors.getFirst().dtype();
    long count = vectors.getFirst().size(0);
    int bytes = Math.toIntExact(count * dtype.bytes());
    ByteBuffer buffer =
        ByteBuffer.allocate(HEADER_BYTES + bytes * vectors.size() + Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(MAGIC)
            .putLong(steps)
            .putLong(count)
            .putLong(dtype.bytes());
    for (Tensor vector : vectors) {
      buffer.put(vector.memory().asByteBuffer());
    }
    return buffer.putLong(crc(buffer.array())).array();
  }

  /// Steps done, or nothing when the file is not whole.
  private static Optional<Integer> decode(Path file, List<Tensor> vectors) {
    byte[] state = read(file);
    long bytes = vectors.getFirst().size(0) * vectors.getFirst().dtype().bytes();
    if (state.length < HEADER_BYTES + Long.BYTES || crcAtEnd(state) != crc(state)) {
      return Optional.empty();
    }
    ByteBuffer header = ByteBuffer.wrap(state).order(ByteOrder.LITTLE_ENDIAN);
    long steps = header.getLong(MAGIC.length);
    if (state.length != HEADER_BYTES + bytes * vectors.size() + Long.BYTES) {
      throw new DataException(file, "holds the state of an adapter of another size");
    }
    for (int i = 0; i < vectors.size(); i++) {
      MemorySegment.copy(
          MemorySegment.ofArray(state),
          HEADER_BYTES + i * bytes,
          vectors.get(i).memory(),
          0,
          bytes);
    }
    return Optional.of((int) steps);
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Of all bytes but the checksum's own.
  private static long crc(byte[] state) {
    var crc = new CRC32();
    crc.update(state, 0, state.length - Long.BYTES);
    return crc.getValue();
  }

  private static long crcAtEnd(byte[] state) {
    return MemorySegment.ofArray(state)
        .get(
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN),
            state.length - Long.BYTES);
  }
}
