package io.alidade.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.alidade.core.Embedder;
import io.alidade.core.TextInput;
import java.util.List;
import org.junit.jupiter.api.Test;

class OnnxEmbedderTest {
  private static final String QUESTION = "how deep is the Mariana Trench";
  private static final String ANSWER =
      "The deepest known point of the oceans lies about eleven kilometres below the surface.";
  private static final String OTHER = "Pasta water should be salted before it boils.";

  @Test
  void e5SmallV2_question_isNearerToItsAnswer() {
    try (Embedder e5 = OnnxEmbedder.e5SmallV2()) {
      float[][] vectors =
          e5.embed(
              List.of(
                  TextInput.query("ignored", QUESTION),
                  TextInput.document(ANSWER),
                  TextInput.document(OTHER)));
      assertThat(vectors[0]).hasSize(e5.dimensions());
      assertThat(dot(vectors[0], vectors[0])).isCloseTo(1, within(1e-5));
      assertThat(dot(vectors[0], vectors[1])).isGreaterThan(dot(vectors[0], vectors[2]) + 0.05);
    }
  }

  @Test
  void embed_aloneAndInBatch_givesTheSameVector() {
    try (Embedder e5 = OnnxEmbedder.e5SmallV2()) {
      float[] alone = e5.embed(List.of(TextInput.document(OTHER)))[0];
      float[] together =
          e5.embed(List.of(TextInput.document(ANSWER + " " + ANSWER), TextInput.document(OTHER)))[
              1];
      assertThat(together).containsExactly(alone, within(1e-5f));
    }
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
