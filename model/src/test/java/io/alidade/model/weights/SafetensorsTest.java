package io.alidade.model.weights;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.DataException;
import io.alidade.core.Sha256;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
  @TempDir Path folder;

  private Path write(String name, List<String> tensors) {
    Path file = folder.resolve(name);
    try (var _ = TensorScope.open()) {
      SafetensorsWriter.write(
          file,
          tensors.stream()
              .map(t -> SafetensorsWriter.Item.of(t, Tensor.of(new float[] {t.length(), -1}, 1, 2)))
              .toList());
    }
    return file;
  }

  private Path writeRaw(String header, int dataBytes) throws IOException {
    byte[] json = header.getBytes(UTF_8);
    var bytes = ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(json.length).put(json);
    return Files.write(folder.resolve("raw.safetensors"), bytes.array());
  }

  @Test
  void write_thenOpen_givesTheSameValues() {
    Path file = folder.resolve("a.safetensors");
    try (var _ = TensorScope.open()) {
      Tensor wide = Tensor.of(new double[] {1.0 / 3, Double.MIN_VALUE, -0.0}, 3);
      Tensor narrow = Tensor.of(new float[] {1, 2.5f, -3, 4}, 2, 2).to(DType.BFLOAT16);
      Tensor half = Tensor.of(new float[] {0.5f}, 1).to(DType.FLOAT16);
      Tensor empty = Tensor.zeros(DType.FLOAT32, 0, 4);
      Tensor transposed = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3).t();
      String sha256 =
          SafetensorsWriter.write(
              file,
              List.of(
                  SafetensorsWriter.Item.of("narrow", narrow),
                  SafetensorsWriter.Item.of("half", half),
                  SafetensorsWriter.Item.of("empty", empty),
                  SafetensorsWriter.Item.of("transposed", transposed),
                  SafetensorsWriter.Item.of("wide", wide)));
      assertThat(sha256).isEqualTo(Sha256.ofFile(file));
      try (var source = SafetensorsFile.open(file)) {
        assertThat(source.sha256()).isEqualTo(sha256);
        assertThat(source.metadata()).containsEntry("format", "pt");
        assertThat(source.names()).hasSize(5);
        assertThat(source.tensor("wide", DType.FLOAT64).toDoubles()).isEqualTo(wide.toDoubles());
        assertThat(source.tensor("narrow", DType.FLOAT32).toFloats())
            .containsExactly(1, 2.5f, -3, 4);
        assertThat(source.tensor("half", DType.FLOAT32).toFloats()).containsExactly(0.5f);
        assertThat(source.shape("empty")).containsExactly(0, 4);
        assertThat(source.tensor("empty", DType.FLOAT32).toFloats()).isEmpty();
        assertThat(source.shape("transposed")).containsExactly(3, 2);
        assertThat(source.tensor("transposed", DType.FLOAT32).toFloats())
            .containsExactly(1, 4, 2, 5, 3, 6);
      }
    }
  }

  @Test
  void open_namesOfCausalModel_loseTheirPrefix() {
    try (var source = SafetensorsFile.open(write("m.safetensors", List.of("model.norm.weight")))) {
      assertThat(source.names()).containsExactly("norm.weight");
    }
  }

  @Test
  void openFolder_withShards_readsThemAll() throws Exception {
    write("model-1.safetensors", List.of("model.norm.weight"));
    write("model-2.safetensors", List.of("lm_head.weight", "model.b"));
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        """
        {"metadata": {"total_size": 24}, "weight_map": {"model.norm.weight": "model-1.safetensors",
         "model.b": "model-2.safetensors", "lm_head.weight": "model-2.safetensors"}}
        """);
    try (var source = SafetensorsFile.openFolder(folder);
        var _ = TensorScope.open()) {
      assertThat(source.names()).containsExactlyInAnyOrder("norm.weight", "b", "lm_head.weight");
      assertThat(source.tensor("b", DType.FLOAT32).toFloats()).containsExactly(7, -1);
      assertThat(source.sha256()).hasSize(64);
    }
  }

  @Test
  void openFolder_indexPointingOutside_isRefused() throws Exception {
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"weight_map\": {\"a\": \"../secret.safetensors\"}}");
    assertThatThrownBy(() -> SafetensorsFile.openFolder(folder).close())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("\"../secret.safetensors\", which is no file name");
  }

  @Test
  void openFolder_missingShard_isNamed() throws Exception {
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"weight_map\": {\"a\": \"model-1.safetensors\"}}");
    assertThatThrownBy(() -> SafetensorsFile.openFolder(folder).close())
        .hasMessageContaining("model-1.safetensors: no such file");
  }

  @Test
  void openFolder_damagedShards_areRefusedWithFileAndTensor() throws Exception {
    Path first = write("model-1.safetensors", List.of("a", "both"));
    Path second = write("model-2.safetensors", List.of("b"));
    assertShardsRefused(
        "{\"a\": \"model-1.safetensors\", \"b\": \"model-1.safetensors\"}",
        "lists tensor \"b\" in model-1.safetensors, which does not have it");
    assertShardsRefused(
        "{\"a\": \"model-1.safetensors\", \"c\": \"model-2.safetensors\"}",
        "lists tensor \"c\" in model-2.safetensors, which does not have it");
    assertShardsRefused(
        "{\"a\": \"model-2.safetensors\", \"both\": \"model-1.safetensors\"}",
        "lists tensor \"a\" in model-2.safetensors, which does not have it");
    byte[] whole = Files.readAllBytes(first);
    Files.write(first, java.util.Arrays.copyOf(whole, whole.length - 3));
    assertShardsRefused("{\"a\": \"model-1.safetensors\"}", first + ": truncated: 13 bytes");
    Files.write(first, whole);
    Files.copy(first, second, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertShardsRefused(
        "{\"a\": \"model-1.safetensors\", \"both\": \"model-2.safetensors\"}",
        second + ": tensor \"a\" is there already in model-1.safetensors");
  }

  private void assertShardsRefused(String weightMap, String reason) throws IOException {
    Files.writeString(
        folder.resolve("model.safetensors.index.json"), "{\"weight_map\": " + weightMap + "}");
    assertThatThrownBy(() -> SafetensorsFile.openFolder(folder).close())
        .isInstanceOf(DataException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void openFolder_picklesOnly_saysHowToConvertThem() throws Exception {
    for (String pickle : List.of("pytorch_model.bin", "pytorch_model.bin.index.json")) {
      Path file = Files.write(folder.resolve(pickle), new byte[1]);
      assertThatThrownBy(() -> SafetensorsFile.openFolder(folder).close())
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith(file + ": is a pickle")
          .hasMessageEndingWith("save_pretrained(FOLDER) writes model.safetensors beside it");
      Files.delete(file);
    }
  }

  /// With headers of any length, and so values at any address.
  @Test
  void rows_ofEveryType_areThoseOfTheTensor() {
    for (String name : List.of("a", "ab", "abc", "abcd")) {
      for (DType type : List.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16, DType.FLOAT64)) {
        Path file = folder.resolve(name + type + ".safetensors");
        try (var _ = TensorScope.open()) {
          Tensor values = Tensor.normal(5, 1, DType.FLOAT32, 6, 3).to(type);
          SafetensorsWriter.write(
              file,
              List.of(
                  SafetensorsWriter.Item.of(name, values), SafetensorsWriter.Item.of("z", values)));
          try (var source = SafetensorsFile.open(unaligned(file))) {
            float[] expected = values.narrow(0, 2, 3).to(DType.FLOAT32).toFloats();
            assertThat(source.rows(name, 2, 3, DType.FLOAT32).toFloats()).containsExactly(expected);
            assertThat(source.rows("z", 2, 3, DType.FLOAT64).to(DType.FLOAT32).toFloats())
                .containsExactly(expected);
            assertThat(source.rows("z", 6, 0, DType.FLOAT32).shape()).containsExactly(0, 3);
          }
        }
      }
    }
  }

  /// The same file with one more space behind its header.
  private static Path unaligned(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      var in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      int header = (int) in.getLong();
      var out = ByteBuffer.allocate(bytes.length + 1).order(ByteOrder.LITTLE_ENDIAN);
      out.putLong(header + 1).put(bytes, 8, header).put((byte) ' ');
      out.put(bytes, 8 + header, bytes.length - 8 - header);
      return Files.write(file, out.array());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void tensor_ofOtherType_isRefusedByName() throws Exception {
    for (String type : List.of("I8", "U8", "F8_E4M3", "F8_E5M2", "BOOL", "F4", "F8_E8M0")) {
      Path file =
          writeRaw(
              "{\"a\":{\"dtype\":\"%s\",\"shape\":[2,1],\"data_offsets\":[0,2]}}".formatted(type),
              2);
      try (var source = SafetensorsFile.open(file)) {
        String reason = "tensor \"a\" has type %s; F32, F16, BF16 and F64 can be read";
        assertThatThrownBy(() -> source.tensor("a", DType.FLOAT32))
            .isInstanceOf(DataException.class)
            .hasMessageContaining(reason.formatted(type));
        assertThatThrownBy(() -> source.rows("a", 0, 0, DType.FLOAT32))
            .hasMessageContaining(reason.formatted(type));
        assertThatThrownBy(() -> source.shape("b")).hasMessageContaining("has no tensor \"b\"");
      }
    }
  }

  @Test
  void open_badFiles_areRefusedWithTheReason() throws Exception {
    assertRefused(writeRaw("{}", 3), "3 bytes after the last tensor");
    assertRefused(
        writeRaw("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 4),
        "truncated: 4 bytes of tensors, the header asks for 8");
    assertRefused(
        writeRaw("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 8),
        "of type F32 and shape [3] cannot have 8 bytes");
    assertRefused(
        writeRaw("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,8]}}", 8), "has -1");
    assertRefused(
        writeRaw("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]}}", 16),
        "does not start where the one before it ends");
    assertRefused(writeRaw("[1]", 0), "no JSON object");
    assertRefused(writeRaw("{\"a\"", 0), "corrupt safetensors header");
    assertRefused(Files.write(folder.resolve("s"), new byte[5]), "5 bytes");
    assertRefused(Files.write(folder.resolve("h"), "<html><body>".getBytes(UTF_8)), "its header");
    assertRefused(folder.resolve("none"), "no such file");
  }

  private static void assertRefused(Path file, String reason) {
    assertThatThrownBy(() -> SafetensorsFile.open(file).close())
        .isInstanceOf(DataException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(reason);
  }

  @Test
  void write_failing_leavesTheOldFile() {
    Path file = write("keep.safetensors", List.of("a"));
    String before = Sha256.ofFile(file);
    var bad =
        new SafetensorsWriter.Item(
            "b", DType.FLOAT32, List.of(3L), () -> Tensor.zeros(DType.FLOAT32, 2));
    assertThatThrownBy(() -> SafetensorsWriter.write(file, List.of(bad)))
        .hasMessageContaining("shape [2], announced was [3]");
    assertThat(Sha256.ofFile(file)).isEqualTo(before);
    assertThat(folder.toFile().list()).containsExactly("keep.safetensors");
  }
}
