package io.alidade.onnx;

import io.alidade.model.head.Pooling;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/// Pooling of states that a graph gives as arrays.
final class StatePooling {
  private StatePooling() {}

  /// `[tokens, hidden]` → `[hidden]`.
  ///
  /// @param tokens how many rows, from the first, are no padding
  static float[] pool(Pooling pooling, float[][] states, int tokens) {
    return switch (pooling) {
      case CLS -> states[0];
      case LAST_TOKEN -> states[tokens - 1];
      case MAX -> largest(states, tokens);
      case MEAN -> weighted(states, tokens, token -> 1, tokens);
      case MEAN_SQRT_LENGTH -> weighted(states, tokens, token -> 1, Math.sqrt((double) tokens));
      case WEIGHTED_MEAN ->
          weighted(states, tokens, token -> token + 1, tokens * (tokens + 1.0) / 2);
    };
  }

  private static float[] largest(float[][] states, int tokens) {
    float[] largest = states[0].clone();
    for (float[] state : Arrays.asList(states).subList(1, tokens)) {
      for (int i = 0; i < largest.length; i++) {
        largest[i] = Math.max(largest[i], state[i]);
      }
    }
    return largest;
  }

  private static float[] weighted(
      float[][] states, int tokens, IntToDoubleFunction weight, double divisor) {
    double[] sum = new double[states[0].length];
    for (int token = 0; token < tokens; token++) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += weight.applyAsDouble(token) * states[token][i];
      }
    }
    float[] vector = new float[sum.length];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (sum[i] / divisor);
    }
    return vector;
  }
}
