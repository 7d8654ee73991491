package io.alidade.onnx.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.alidade.core.AlidadeException;
import io.alidade.model.weights.SafetensorsWriter.Item;
import io.alidade.onnx.OnnxRuntime;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFileTest {
  private static final int SIZE = 300;
  private static final OrtEnvironment ENVIRONMENT = OnnxRuntime.environment();

  @TempDir Path temp;

  @Test
  void write_small_isOneFileThatRuns() throws Exception {
    Path file = temp.resolve("model.onnx");
    ModelFile.write(file, sumOfTwo(() -> filled(2)));
    assertThat(files()).containsExactly("model.onnx");
    assertThat(run(file)).containsOnly(1 + 2 + 3f);
  }

  @Test
  void write_aboveTheLimit_putsWeightsBesideAndRuns() throws Exception {
    Path file = temp.resolve("model.onnx");
    ModelFile.write(file, sumOfTwo(() -> filled(2)), 2 * SIZE * Float.BYTES);
    assertThat(files()).containsExactly("model.onnx", "model.onnx_data");
    // The second weight starts on a page of its own.
    assertThat(Files.size(temp.resolve("model.onnx_data"))).isEqualTo(2 * 4096);
    assertThat(run(file)).containsOnly(1 + 2 + 3f);
  }

  @Test
  void write_failingWeight_leavesNoFile() throws Exception {
    Supplier<Tensor> failing =
        () -> {
          throw new AlidadeException("no such weight");
        };
    assertThatThrownBy(() -> ModelFile.write(temp.resolve("model.onnx"), sumOfTwo(failing)))
        .isInstanceOf(AlidadeException.class)
        .hasMessage("no such weight");
    assertThat(files()).isEmpty();
  }

  /// The input plus two weights, the second of threes.
  private static Graph sumOfTwo(Supplier<Tensor> first) {
    var builder = new GraphBuilder();
    String x = builder.input("x", ElementType.INT64, "size");
    String one = builder.node("Cast", List.of(x), Attribute.to(ElementType.FLOAT));
    String two = builder.node("Add", one, builder.weight(weight("first", first)));
    String three = builder.node("Add", two, builder.weight(weight("second", () -> filled(3))));
    builder.output("y", three, "size");
    return builder.build("sum");
  }

  private static Initializer weight(String name, Supplier<Tensor> values) {
    return Initializer.of(new Item(name, DType.FLOAT32, List.of((long) SIZE), values));
  }

  private static Tensor filled(double value) {
    return Tensor.zeros(DType.FLOAT32, SIZE).fill(value);
  }

  private static float[] run(Path file) throws Exception {
    long[] ones = new long[SIZE];
    Arrays.fill(ones, 1);
    try (OrtSession session = ENVIRONMENT.createSession(file.toString());
        OnnxTensor x = OnnxTensor.createTensor(ENVIRONMENT, ones);
        OrtSession.Result result = session.run(Map.of("x", x))) {
      return (float[]) result.get(0).getValue();
    }
  }

  private List<String> files() throws Exception {
    try (var files = Files.list(temp)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }
}
