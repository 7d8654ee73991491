package io.alidade.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.alidade.model.head.Pooling;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Transformers' states become sentence-transformers' vectors.
class StatePoolingTest {
  private static final int HIDDEN = 24;
  private static final int MAX_TOKENS = 64;

  @TempDir Path temp;

  @ParameterizedTest
  @CsvSource({
    "bert,              MEAN",
    "bert-max,          MAX",
    "roberta,           LAST_TOKEN",
    "xlm-roberta,       WEIGHTED_MEAN",
    "modernbert,        CLS",
    "modernbert-biases, MEAN_SQRT_LENGTH",
  })
  void pool_goldenStates_givesGoldenVectors(String name, Pooling pooling) throws IOException {
    Path folder = EncoderGoldens.copy(name, temp);
    List<JsonNode> texts = EncoderGoldens.texts(name);
    for (int text = 0; text < texts.size(); text++) {
      int tokens = EncoderGoldens.ids(texts.get(text)).length;
      if (tokens <= MAX_TOKENS) {
        float[] vector = StatePooling.pool(pooling, padded(folder, text, tokens), tokens);
        assertThat(normalised(vector))
            .containsExactly(EncoderGoldens.vector(texts.get(text), "vector"), within(1e-6f));
      }
    }
  }

  /// The states with rows behind them that must take no part.
  private static float[][] padded(Path folder, int text, int tokens) {
    float[] all = EncoderGoldens.states(folder, text);
    float[][] rows = new float[tokens + 2][HIDDEN];
    for (float[] row : rows) {
      Arrays.fill(row, 1e6f);
    }
    for (int token = 0; token < tokens; token++) {
      System.arraycopy(all, token * HIDDEN, rows[token], 0, HIDDEN);
    }
    return rows;
  }

  private static float[] normalised(float[] vector) {
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    float[] result = new float[vector.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) (vector[i] / Math.sqrt(squares));
    }
    return result;
  }
}
