package io.alidade.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.AlidadeException;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufWriterTest {
  @TempDir Path folder;

  /// Metadata of every kind and tensors of every type; golden made by
  /// `testkit/scripts/golden_quantization.py`.
  @Test
  void write_ofEveryKind_givesTheBytesOfGgufPy() throws Exception {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("general.architecture", "llama");
    metadata.put("a.number", 4096);
    metadata.put("a.real", 1e-5f);
    metadata.put("a.flag", true);
    metadata.put("a.text", "größe");
    metadata.put("some.texts", List.of("a", "", "Ġb"));
    metadata.put("some.numbers", List.of(1, -3));
    metadata.put("some.reals", List.of(0.5f, -1e30f));
    Path written = folder.resolve("own.gguf");
    String sha256;
    try (var source = SafetensorsFile.open(Goldens.quantization(folder, "written.safetensors"))) {
      sha256 =
          GgufWriter.write(
              new GgufContent(
                  written,
                  metadata,
                  List.of(
                      tensor(source, "half", "matrix", GgufType.F16),
                      tensor(source, "vector", "vector", GgufType.F32),
                      tensor(source, "eight", "matrix", GgufType.Q8_0))));
    }
    Path expected = Goldens.quantization(folder, "written.gguf");
    assertThat(written).hasSameBinaryContentAs(expected);
    try (var file = GgufFile.open(expected)) {
      assertThat(sha256).isEqualTo(file.sha256());
    }
  }

  private static GgufTensor tensor(WeightSource source, String name, String stored, GgufType type) {
    return GgufTensor.of(name, stored, source, GgufArchitecture.LLAMA, type, 1);
  }

  private static GgufTensor tensor(GgufType type, float... values) {
    return new GgufTensor(
        "weight",
        type,
        List.of(1L, (long) values.length),
        row -> row,
        () -> Tensor.of(values, 1, values.length));
  }

  @Test
  void write_valueTooLarge_isRefusedAndLeavesNoFile() {
    Path file = folder.resolve("model.gguf");
    var content = new GgufContent(file, Map.of(), List.of(tensor(GgufType.F16, 1, 70_000)));
    assertThatThrownBy(() -> GgufWriter.write(content))
        .isInstanceOf(AlidadeException.class)
        .hasMessage("tensor weight holds 70000.0, which F16 cannot");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void write_noNumber_isRefused() {
    var content =
        new GgufContent(
            folder.resolve("model.gguf"), Map.of(), List.of(tensor(GgufType.F32, Float.NaN)));
    assertThatThrownBy(() -> GgufWriter.write(content)).hasMessageContaining("holds NaN");
  }

  @Test
  void write_failing_keepsTheOldFile() throws Exception {
    Path file = Files.writeString(folder.resolve("model.gguf"), "old");
    var content = new GgufContent(file, Map.of(), List.of(tensor(GgufType.F16, 1e9f)));
    assertThatThrownBy(() -> GgufWriter.write(content)).isInstanceOf(AlidadeException.class);
    assertThat(file).hasContent("old");
  }

  @Test
  void type_ofRowsThatAreNoBlocks_isHalf() {
    assertThat(GgufType.Q8_0.forRowsOf(576)).isEqualTo(GgufType.Q8_0);
    assertThat(GgufType.Q8_0.forRowsOf(24)).isEqualTo(GgufType.F16);
    assertThat(GgufType.F32.forRowsOf(1)).isEqualTo(GgufType.F32);
  }

  @Test
  void rows_ofPairedQuery_areThoseThatAReaderPutsBack() {
    Path file = folder.resolve("model.gguf");
    float[] values = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    GgufTensor bias =
        new GgufTensor(
            "plain", GgufType.F32, List.of(16L), row -> row, () -> Tensor.of(values, 16));
    GgufWriter.write(new GgufContent(file, Map.of("general.architecture", "llama"), List.of(bias)));
    Path again = folder.resolve("again.gguf");
    try (var source = new Single(GgufFile.open(file))) {
      GgufTensor paired =
          GgufTensor.of(
              "blk.0.attn_q.bias",
              "layers.0.self_attn.q_proj.bias",
              source,
              GgufArchitecture.LLAMA,
              GgufType.Q8_0,
              2);
      var content =
          new GgufContent(
              again,
              Map.of("general.architecture", "llama", "llama.attention.head_count", 2),
              List.of(paired));
      GgufWriter.write(content);
    }
    try (var read = GgufFile.open(again)) {
      assertThat(read.values("blk.0.attn_q.bias"))
          .containsExactly(0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15);
    }
    try (var weights = new GgufWeights(GgufFile.open(again));
        var _ = TensorScope.open()) {
      assertThat(weights.tensor("layers.0.self_attn.q_proj.bias", DType.FLOAT32).toFloats())
          .containsExactly(values);
    }
  }

  /// A file's only tensor under any name.
  private record Single(GgufFile file) implements WeightSource {
    @Override
    public List<String> names() {
      return file.names();
    }

    @Override
    public long[] shape(String name) {
      return file.shape(file.names().getFirst());
    }

    @Override
    public Tensor tensor(String name, DType dtype) {
      return file.tensor(file.names().getFirst(), dtype);
    }

    @Override
    public String sha256() {
      return file.sha256();
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
