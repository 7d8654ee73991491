package io.alidade.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.DataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpyFileTest {
  private static final float[][] MATRIX = {{1, 2.5f, -3}, {0, 1e-30f, Float.MAX_VALUE}};

  @TempDir Path folder;

  @Test
  void write_matrix_readsBack() {
    assertThat(NpyFile.read(written())).isDeepEqualTo(MATRIX);
  }

  @Test
  void write_header_isNumPysOwn() throws IOException {
    byte[] bytes = Files.readAllBytes(written());

    assertThat(bytes).hasSize(128 + 6 * 4).startsWith(0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0);
    assertThat(new String(bytes, 10, 118, StandardCharsets.US_ASCII))
        .startsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }")
        .endsWith("\n");
  }

  @Test
  void read_otherFiles_saysWhatTheyAre() throws IOException {
    Path file = written();
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
    assertThatThrownBy(() -> NpyFile.read(file))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("is cut short");
    Files.writeString(file, "text, no matrix");
    assertThatThrownBy(() -> NpyFile.read(file)).hasMessageContaining("is no .npy file");
    bytes[22] = '8';
    Files.write(file, bytes);
    assertThatThrownBy(() -> NpyFile.read(file)).hasMessageContaining("is no float32 matrix");
  }

  @Test
  void spool_interrupted_goesOnAfterTheLastWholeRow() throws IOException {
    Path target = folder.resolve("out.npy");
    try (var spool = VectorSpool.open(target, "key", 3)) {
      spool.append(MATRIX);
    }
    Path rows = folder.resolve("out.npy.vectors");
    Files.write(rows, Arrays.copyOf(Files.readAllBytes(rows), 17));

    try (var spool = VectorSpool.open(target, "key", 3)) {
      assertThat(spool.rows()).isEqualTo(1);
      spool.append(new float[][] {{7, 8, 9}});
      List<float[]> read = new ArrayList<>();
      spool.forEach(read::add);
      assertThat(read.toArray(float[][]::new)).isDeepEqualTo(new float[][] {MATRIX[0], {7, 8, 9}});
      spool.delete();
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void spool_mapped_readsRowsWhereTheyAreAskedFor() {
    Path target = folder.resolve("out.npy");
    try (var spool = VectorSpool.open(target, "key", 3)) {
      assertThat(spool.mapped()).isNotNull();
      spool.append(MATRIX);
      IntFunction<float[]> rows = spool.mapped();
      assertThat(rows.apply(1)).isEqualTo(MATRIX[1]);
      assertThat(rows.apply(0)).isEqualTo(MATRIX[0]);
      spool.delete();
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void spool_otherKey_startsAfresh() {
    Path target = folder.resolve("out.npy");
    try (var spool = VectorSpool.open(target, "key", 3)) {
      spool.append(MATRIX);
    }
    try (var spool = VectorSpool.open(target, "other", 3)) {
      assertThat(spool.rows()).isZero();
    }
  }

  private Path written() {
    Path file = folder.resolve("matrix.npy");
    NpyFile.write(
        file,
        2,
        3,
        consumer -> {
          for (float[] row : MATRIX) {
            consumer.accept(row);
          }
        });
    return file;
  }
}
