package io.alidade.model.decoder;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.AlidadeException;
import io.alidade.model.transformer.PackedTokens;
import io.alidade.model.weights.WeightSource;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckedWeightsTest {
  private static final String DAMAGED = "layers.1.mlp.up_proj.weight";

  /// Seeded weights of which one is changed.
  private record Changed(WeightSource good, double added, int rows) implements WeightSource {
    @Override
    public List<String> names() {
      return good.names();
    }

    @Override
    public long[] shape(String name) {
      long[] shape = good.shape(name);
      return name.equals(DAMAGED) ? new long[] {shape[0] + rows, shape[1]} : shape;
    }

    @Override
    public Tensor tensor(String name, DType dtype) {
      Tensor tensor = good.tensor(name, dtype);
      if (name.equals(DAMAGED)) {
        tensor.narrow(0, 0, 1).narrow(1, 0, 1).add(added);
      }
      return tensor;
    }

    @Override
    public String sha256() {
      return good.sha256();
    }

    @Override
    public void close() {
      good.close();
    }
  }

  private static void load(double added, int rows) {
    try (var _ = TensorScope.open();
        var weights = new Changed(new TinyDecoders.SeededWeights(1), added, rows)) {
      Decoder.load(TinyDecoders.CONFIG, weights, DType.FLOAT32).close();
    }
  }

  @Test
  void load_valuesThatAreNoNumbers_isRefusedByTensor() {
    for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> load(value, 0))
          .isInstanceOf(AlidadeException.class)
          .hasMessageStartingWith(DAMAGED + " holds values that are infinite or no numbers");
    }
  }

  @Test
  void map_valuesThatAreNoNumbers_areRefusedWhenFirstRead() {
    try (var _ = TensorScope.open();
        Decoder decoder = map(Double.NaN, 0)) {
      PackedTokens text = PackedTokens.of(TinyDecoders.sequences(1));
      assertThatThrownBy(() -> decoder.lastStates(text))
          .isInstanceOf(AlidadeException.class)
          .hasMessageStartingWith(DAMAGED + " holds values that are infinite or no numbers");
    }
  }

  @Test
  void map_shapeOfAnotherModel_isRefusedAtOnce() {
    assertThatThrownBy(() -> map(0, 2).close())
        .hasMessage(DAMAGED + " has shape [42, 24], the configuration asks for [40, 24]");
  }

  private static Decoder map(double added, int rows) {
    var weights = new Changed(new TinyDecoders.SeededWeights(1), added, rows);
    return Decoder.map(TinyDecoders.CONFIG, weights, DType.FLOAT32);
  }

  @Test
  void load_shapeOfAnotherModel_isRefusedWithBothShapes() {
    assertThatThrownBy(() -> load(0, 2))
        .isInstanceOf(AlidadeException.class)
        .hasMessage(DAMAGED + " has shape [42, 24], the configuration asks for [40, 24]");
  }
}
