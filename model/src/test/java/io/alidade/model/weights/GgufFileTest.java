package io.alidade.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.DataException;
import io.alidade.tensor.DType;
import io.alidade.tensor.TensorScope;
import io.alidade.testkit.tiny.GgufBuilder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufFileTest {
  @TempDir Path folder;

  @Test
  void tensor_ofEveryType_equalsGgufPyBitByBit() {
    try (var file = GgufFile.open(Goldens.quantization(folder, "types.gguf"));
        var expected = SafetensorsFile.open(Goldens.quantization(folder, "expected.safetensors"));
        var _ = TensorScope.open()) {
      assertThat(file.names()).containsExactlyInAnyOrderElementsOf(expected.names());
      assertThat(file.names()).hasSize(GgmlType.values().length);
      for (String name : file.names()) {
        assertThat(file.type(name)).isEqualTo(name);
        assertThat(bits(file.tensor(name, DType.FLOAT32).toFloats()))
            .as(name)
            .isEqualTo(bits(expected.tensor(name, DType.FLOAT32).toFloats()));
      }
    }
  }

  private static int[] bits(float[] values) {
    var bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
    return bits;
  }

  @Test
  void open_truncated_isRefused() throws Exception {
    byte[] whole = Files.readAllBytes(Goldens.quantization(folder, "types.gguf"));
    Path cut = folder.resolve("cut.gguf");
    for (int length : List.of(0, 3, 7, 20, 100, 400, whole.length / 2, whole.length - 33)) {
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> GgufFile.open(cut).close())
          .isInstanceOf(DataException.class)
          .hasMessageContaining("cut.gguf");
    }
  }

  @Test
  void open_otherVersion_isRefused() throws Exception {
    byte[] bytes = Files.readAllBytes(Goldens.quantization(folder, "types.gguf"));
    bytes[4] = 1;
    Path old = Files.write(folder.resolve("old.gguf"), bytes);
    assertThatThrownBy(() -> GgufFile.open(old).close())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("GGUF version 1; 2 and 3");
  }

  @Test
  void open_noGguf_isRefused() throws Exception {
    Path text = Files.writeString(folder.resolve("model.gguf"), "{\"not\": \"a GGUF file\"}");
    assertThatThrownBy(() -> GgufFile.open(text).close())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("model.gguf: not a GGUF file");
  }

  @Test
  void open_tensorBeyondTheEnd_isRefusedByNameAndPlace() {
    Path path = folder.resolve("short.gguf");
    new GgufBuilder().tensor("weight", 0, new long[] {8, 8}, new byte[32]).write(path);
    assertThatThrownBy(() -> GgufFile.open(path).close())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("short.gguf: truncated: tensor \"weight\" ends at byte 352");
  }

  /// No byte of the file stands for such a row, so that its length proves nothing.
  @Test
  void open_emptyTensorOfEndlessRows_isRefused() {
    Path path = folder.resolve("empty.gguf");
    new GgufBuilder().tensor("weight", 0, new long[] {0, 1L << 33}, new byte[0]).write(path);
    assertThatThrownBy(() -> GgufFile.open(path).close())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("tensor \"weight\" has the impossible shape [0, 8589934592]");
  }

  /// A count of 2⁴⁰ elements must not be believed, whatever is allocated for it.
  @Test
  void open_absurdCounts_areRefusedAtOnce() throws Exception {
    byte[] bytes = new GgufBuilder().texts("list", List.of("a")).bytes();
    for (int at : List.of(8, 16, 24, 44)) {
      byte[] absurd = bytes.clone();
      absurd[at + 5] = 1;
      Path path = Files.write(folder.resolve("absurd.gguf"), absurd);
      assertThatThrownBy(() -> GgufFile.open(path).close())
          .as("count at byte %d", at)
          .isInstanceOf(DataException.class)
          .hasMessageContaining("absurd.gguf: corrupt GGUF header before byte")
          .hasMessageContaining("cannot fit in the file");
    }
  }

  @Test
  void open_nameTwice_isRefusedByName() throws Exception {
    Path path = folder.resolve("twice.gguf");
    new GgufBuilder()
        .tensor("weight", new long[] {1}, new float[1])
        .tensor("weight", new long[] {1}, new float[1])
        .write(path);
    assertThatThrownBy(() -> GgufFile.open(path).close())
        .hasMessageContaining("tensor \"weight\" is there twice");
    byte[] bytes = new GgufBuilder().integer("layers", 1).integer("layerz", 2).bytes();
    int last = new String(bytes, StandardCharsets.ISO_8859_1).indexOf('z');
    bytes[last] = 's';
    Files.write(path, bytes);
    assertThatThrownBy(() -> GgufFile.open(path).close())
        .hasMessageContaining("metadata \"layers\" is there twice");
  }

  @Test
  void tensor_ofUnreadableType_isRefusedByName() {
    Path path = folder.resolve("odd.gguf");
    new GgufBuilder().tensor("weight", 10, new long[] {256}, new byte[84]).write(path);
    try (var file = GgufFile.open(path)) {
      assertThatThrownBy(() -> file.tensor("weight", DType.FLOAT32))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("tensor \"weight\" has type Q2_K; F32, F16,");
    }
  }

  @Test
  void metadata_ofEachKind_isRead() {
    Path path = folder.resolve("metadata.gguf");
    new GgufBuilder()
        .text("name", "größe")
        .integer("layers", 30)
        .real("epsilon", 1e-5f)
        .texts("tokens", List.of("a", "", "Ġb"))
        .write(path);
    try (var file = GgufFile.open(path)) {
      GgufMetadata metadata = file.metadata();
      assertThat(metadata.text("name")).isEqualTo("größe");
      assertThat(metadata.integer("layers")).isEqualTo(30);
      assertThat(metadata.number("epsilon")).isEqualTo(1e-5);
      assertThat(metadata.texts("tokens")).containsExactly("a", "", "Ġb");
      assertThatThrownBy(() -> metadata.text("layers"))
          .hasMessageContaining("metadata \"layers\" is of type Long, not String");
      assertThatThrownBy(() -> metadata.text("none")).hasMessageContaining("no metadata \"none\"");
    }
  }
}
