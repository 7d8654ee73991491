package io.alidade.data;

import io.alidade.core.AtomicFiles;
import io.alidade.core.DataException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// NumPy's own format, version 1.0, for float32 matrices in row order: what `numpy.load` reads.
///
/// @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">NumPy,
///   numpy.lib.format</a>
public final class NpyFile {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  private static final int ALIGNMENT = 64;
  private static final Pattern HEADER =
      Pattern.compile(
          "\\{'descr': '<f4', 'fortran_order': False, 'shape': \\((\\d+), ?(\\d+)\\),? *\\}\\s*");

  private NpyFile() {}

  /// Gives the rows of a matrix one by one.
  @FunctionalInterface
  public interface Rows {
    void forEach(RowConsumer consumer) throws IOException;
  }

  /// Takes one row.
  @FunctionalInterface
  public interface RowConsumer {
    void accept(float[] row) throws IOException;
  }

  /// Writes a matrix `[rows, columns]`, whole or not at all.
  public static void write(Path file, int rows, int columns, Rows matrix) {
    AtomicFiles.write(
        file,
        out -> {
          out.write(header(rows, columns));
          matrix.forEach(row -> out.write(bytes(row)));
        });
  }

  /// The matrix `[rows, columns]` of a file.
  ///
  /// @throws DataException if it is no float32 matrix in row order, or cut short
  public static float[][] read(Path file) {
    try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      Matcher shape = HEADER.matcher(readHeader(file, in));
      if (!shape.matches()) {
        throw new DataException(file, "is no float32 matrix in row order");
      }
      float[][] matrix = new float[Integer.parseInt(shape.group(1))][];
      int columns = Integer.parseInt(shape.group(2));
      for (int row = 0; row < matrix.length; row++) {
        matrix[row] = floats(in, columns);
      }
      return matrix;
    } catch (EOFException e) {
      throw new DataException(file, "is cut short; make it again", e);
    } catch (IOException e) {
      throw new DataException(file, "cannot be read: " + e.getMessage(), e);
    }
  }

  /// A row as little-endian float32.
  static byte[] bytes(float[] row) {
    ByteBuffer buffer =
        ByteBuffer.allocate(row.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(row);
    return buffer.array();
  }

  /// The next row of little-endian float32.
  static float[] floats(DataInputStream in, int columns) throws IOException {
    byte[] bytes = new byte[columns * Float.BYTES];
    in.readFully(bytes);
    float[] row = new float[columns];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(row);
    return row;
  }

  /// Magic, length and a Python dictionary, padded so that the data are aligned.
  private static byte[] header(int rows, int columns) {
    String dictionary =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }".formatted(rows, columns);
    int unpadded = MAGIC.length + Short.BYTES + dictionary.length() + 1;
    String padded = dictionary + " ".repeat((ALIGNMENT - unpadded % ALIGNMENT) % ALIGNMENT) + "\n";
    return ByteBuffer.allocate(MAGIC.length + Short.BYTES + padded.length())
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .putShort((short) padded.length())
        .put(padded.getBytes(StandardCharsets.US_ASCII))
        .array();
  }

  private static String readHeader(Path file, DataInputStream in) throws IOException {
    byte[] magic = in.readNBytes(MAGIC.length);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new DataException(file, "is no .npy file of version 1.0");
    }
    int length = Short.toUnsignedInt(Short.reverseBytes(in.readShort()));
    return new String(in.readNBytes(length), StandardCharsets.US_ASCII);
  }
}
