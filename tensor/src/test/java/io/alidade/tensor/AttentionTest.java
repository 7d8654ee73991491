package io.alidade.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.alidade.tensor.Attention.Inputs;
import io.alidade.tensor.Attention.Mask;
import io.alidade.tensor.Attention.Scoring;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Against the formula, written out over arrays of doubles, and against finite differences.
class AttentionTest {
  private static final int BATCH = 2;
  private static final int HEADS = 4;
  private static final int KEY_HEADS = 2;
  private static final int TOKENS = 5;
  private static final int KEYS = 7;
  private static final int WIDTH = 8;
  private static final double SCALE = 0.3;

  enum Seen {
    ALL,
    /// Query `i` sees keys `0…i`.
    CAUSAL,
    /// Query `i` sees the last `KEYS − TOKENS + i + 1` keys but the first.
    ADDITIVE;

    boolean sees(int query, int key) {
      return switch (this) {
        case ALL -> true;
        case CAUSAL -> key <= query;
        case ADDITIVE -> key > 0 && key <= query + KEYS - TOKENS;
      };
    }

    Mask mask() {
      return switch (this) {
        case ALL -> new Mask.None();
        case CAUSAL -> new Mask.Causal();
        case ADDITIVE -> {
          double[] scores = new double[TOKENS * KEYS];
          for (int i = 0; i < scores.length; i++) {
            scores[i] = sees(i / KEYS, i % KEYS) ? 0 : Double.NEGATIVE_INFINITY;
          }
          yield new Mask.Additive(Tensor.of(scores, TOKENS, KEYS));
        }
      };
    }
  }

  static Stream<Arguments> cases() {
    return Stream.of(Seen.values())
        .flatMap(seen -> Stream.of(Arguments.of(seen, 0.0), Arguments.of(seen, 0.5)));
  }

  private static Inputs inputs(Seen seen, double cap) {
    return new Inputs(
        Tensor.normal(1, 1, DType.FLOAT64, BATCH, HEADS, TOKENS, WIDTH),
        Tensor.normal(2, 1, DType.FLOAT64, BATCH, KEY_HEADS, KEYS, WIDTH),
        Tensor.normal(3, 1, DType.FLOAT64, BATCH, KEY_HEADS, KEYS, WIDTH),
        seen.mask(),
        new Scoring(SCALE, cap));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void forward_anyMask_equalsTheFormula(Seen seen, double cap) {
    try (var _ = TensorScope.open()) {
      Inputs inputs = inputs(seen, cap);
      double[] query = inputs.query().toDoubles();
      double[] key = inputs.key().toDoubles();
      double[] value = inputs.value().toDoubles();
      double[] actual = Attention.forward(inputs).output().toDoubles();
      for (int row = 0; row < BATCH * HEADS * TOKENS; row++) {
        int ofKeys = row / TOKENS / (HEADS / KEY_HEADS);
        double[] shares = new double[KEYS];
        double sum = 0;
        for (int k = 0; k < KEYS; k++) {
          if (seen.sees(row % TOKENS, k)) {
            double score = SCALE * dot(query, row, key, ofKeys * KEYS + k);
            shares[k] = Math.exp(cap > 0 ? cap * Math.tanh(score / cap) : score);
            sum += shares[k];
          }
        }
        for (int column = 0; column < WIDTH; column++) {
          double expected = 0;
          for (int k = 0; k < KEYS; k++) {
            expected += shares[k] / sum * value[(ofKeys * KEYS + k) * WIDTH + column];
          }
          assertThat(actual[row * WIDTH + column]).isCloseTo(expected, within(1e-12));
        }
      }
    }
  }

  private static double dot(double[] left, int leftRow, double[] right, int rightRow) {
    double sum = 0;
    for (int i = 0; i < WIDTH; i++) {
      sum += left[leftRow * WIDTH + i] * right[rightRow * WIDTH + i];
    }
    return sum;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void backward_anyMask_equalsFiniteDifferences(Seen seen, double cap) {
    try (var _ = TensorScope.open()) {
      Inputs inputs = inputs(seen, cap);
      Tensor weights = Tensor.normal(4, 1, DType.FLOAT64, BATCH, HEADS, TOKENS, WIDTH);
      Attention.Attended attended = Attention.forward(inputs);
      Attention.Gradients gradients = Attention.backward(inputs, attended, weights);
      List<Tensor> given = List.of(inputs.query(), inputs.key(), inputs.value());
      List<Tensor> actual = List.of(gradients.query(), gradients.key(), gradients.value());
      for (int i = 0; i < given.size(); i++) {
        Tensor along = Tensor.normal(5 + i, 1, DType.FLOAT64, given.get(i).shape());
        double expected = slope(inputs, given.get(i), along, weights);
        assertThat(actual.get(i).times(along).sum()).isCloseTo(expected, within(1e-7));
      }
    }
  }

  /// How the weighted sum of the output changes along a direction, by central differences.
  private static double slope(Inputs inputs, Tensor input, Tensor along, Tensor weights) {
    double step = 1e-5;
    input.add(along, step);
    double above = Attention.forward(inputs).output().times(weights).sum();
    input.add(along, -2 * step);
    double below = Attention.forward(inputs).output().times(weights).sum();
    input.add(along, step);
    return (above - below) / (2 * step);
  }
}
