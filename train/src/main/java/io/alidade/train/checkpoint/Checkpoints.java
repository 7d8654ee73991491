package io.alidade.train.checkpoint;

import io.alidade.core.AtomicFiles;
import io.alidade.core.DataException;
import io.alidade.model.weights.SafetensorsWriter;
import io.alidade.tensor.Tensor;
import io.alidade.train.optimizer.AdamW;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;

/// The checkpoints of a run: `step-N.state` files of the trained vectors and the optimizer's two
/// for each.
///
/// # Format, version 1
///
/// Little-endian: the magic `ALIDADE1`, steps done (int64), trained values (int64), bytes a value
/// (int64), then parameters, means and squares, each vector after vector, and at the end a CRC-32
/// of all before it (int64).
public final class Checkpoints {
  private static final byte[] MAGIC =
      "ALIDADE1".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  private static final int HEADER_BYTES = 8 + 3 * Long.BYTES;
  private static final long CHUNK_BYTES = 1 << 20;
  private static final ValueLayout.OfLong INT64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// A trained value, and the optimizer's two for it.
  private static final int STATES = 3;

  private static final String PREFIX = "step-";
  private static final String SUFFIX = ".state";

  private final Path folder;
  private final CheckpointConfig config;

  public Checkpoints(Path folder, CheckpointConfig config) {
    this.folder = folder;
    this.config = config;
  }

  /// Writes the state after `steps` steps, and removes those too old to keep.
  public void write(int steps, List<Tensor> parameters, AdamW optimizer) {
    List<Tensor> vectors = vectors(parameters, optimizer);
    AtomicFiles.write(folder.resolve(PREFIX + steps + SUFFIX), out -> write(out, steps, vectors));
    all().stream().skip(config.keep()).forEach(Checkpoints::delete);
  }

  /// Restores the newest state that is whole.
  ///
  /// @return steps done, or nothing when there is no checkpoint
  public Optional<Integer> restore(List<Tensor> parameters, AdamW optimizer) {
    for (Path file : all()) {
      Optional<Integer> steps = read(file, vectors(parameters, optimizer));
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

  /// Removes the states after a step.
  public void deleteAfter(int steps) {
    all().stream().filter(file -> steps(file) > steps).forEach(Checkpoints::delete);
  }

  private static List<Tensor> vectors(List<Tensor> parameters, AdamW optimizer) {
    return Stream.of(parameters, optimizer.means(), optimizer.squares())
        .flatMap(List::stream)
        .toList();
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

  private static void write(OutputStream plain, int steps, List<Tensor> vectors)
      throws IOException {
    var out = new CheckedOutputStream(plain, new CRC32());
    out.write(
        littleEndian(HEADER_BYTES)
            .put(MAGIC)
            .putLong(steps)
            .putLong(values(vectors) / STATES)
            .putLong(vectors.getFirst().dtype().bytes())
            .array());
    for (Tensor vector : vectors) {
      SafetensorsWriter.Item.of("", vector).writeTo(out);
    }
    plain.write(littleEndian(Long.BYTES).putLong(out.getChecksum().getValue()).array());
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static long values(List<Tensor> vectors) {
    return vectors.stream().mapToLong(vector -> vector.size(0)).sum();
  }

  /// Steps done, or nothing when the file is not whole; the vectors are as they were then.
  private static Optional<Integer> read(Path file, List<Tensor> vectors) {
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(file)) {
      MemorySegment state = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      long checked = state.byteSize() - Long.BYTES;
      if (checked < HEADER_BYTES || state.get(INT64, checked) != crc(state, checked)) {
        return Optional.empty();
      }
      long bytes = values(vectors) * vectors.getFirst().dtype().bytes();
      if (checked != HEADER_BYTES + bytes) {
        throw new DataException(
            file,
            "holds %d bytes of state, and what this recipe trains has %d, so it is of another run; delete it"
                .formatted(checked - HEADER_BYTES, bytes));
      }
      long position = HEADER_BYTES;
      for (Tensor vector : vectors) {
        MemorySegment target = vector.memory();
        target.copyFrom(state.asSlice(position, target.byteSize()));
        position += target.byteSize();
      }
      return Optional.of((int) state.get(INT64, MAGIC.length));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long crc(MemorySegment state, long end) {
    var crc = new CRC32();
    for (long start = 0; start < end; start += CHUNK_BYTES) {
      crc.update(state.asSlice(start, Math.min(CHUNK_BYTES, end - start)).asByteBuffer());
    }
    return crc.getValue();
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
