package io.alidade.model.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.DataException;
import io.alidade.tensor.DType;
import io.alidade.tensor.TensorScope;
import io.alidade.testkit.tiny.GgufBuilder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufWeightsTest {
  @TempDir Path folder;

  private static GgufBuilder llama(int heads, int keyHeads) {
    return new GgufBuilder()
        .text("general.architecture", "llama")
        .integer("llama.attention.head_count", heads)
        .integer("llama.attention.head_count_kv", keyHeads);
  }

  /// Rows as llama.cpp's converter stores them: `reshape(heads, 2, headDim/2).swapaxes(1, 2)` of
  /// rows 0…15 in Hugging Face's order.
  @Test
  void tensor_ofQueryProjection_isInHuggingFaceOrder() {
    Path path = folder.resolve("model.gguf");
    float[] stored = {0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15};
    llama(2, 1)
        .tensor("blk.0.attn_q.weight", new long[] {16, 1}, stored)
        .tensor("blk.0.attn_v.weight", new long[] {16, 1}, stored)
        .write(path);
    try (var weights = new GgufWeights(GgufFile.open(path));
        var _ = TensorScope.open()) {
      float[] query = weights.tensor("layers.0.self_attn.q_proj.weight", DType.FLOAT32).toFloats();
      for (int row = 0; row < 16; row++) {
        assertThat(query[row]).isEqualTo(row);
      }
      assertThat(weights.tensor("layers.0.self_attn.v_proj.weight", DType.FLOAT32).toFloats())
          .containsExactly(stored);
      assertThat(weights.rows("layers.0.self_attn.q_proj.weight", 6, 4, DType.FLOAT32).toFloats())
          .containsExactly(6, 7, 8, 9);
      assertThat(weights.rows("layers.0.self_attn.v_proj.weight", 2, 2, DType.FLOAT64).toDoubles())
          .containsExactly(stored[2], stored[3]);
    }
  }

  /// A bias of the query has the order of the query's rows.
  @Test
  void tensor_ofQueryBias_isInHuggingFaceOrder() {
    Path path = folder.resolve("model.gguf");
    llama(1, 1)
        .tensor("blk.0.attn_q.bias", new long[] {8}, new float[] {0, 4, 1, 5, 2, 6, 3, 7})
        .write(path);
    try (var weights = new GgufWeights(GgufFile.open(path));
        var _ = TensorScope.open()) {
      assertThat(weights.tensor("layers.0.self_attn.q_proj.bias", DType.FLOAT32).toFloats())
          .containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    }
  }

  @Test
  void names_ofLlama_areHuggingFaces() {
    Path path = folder.resolve("model.gguf");
    llama(1, 1)
        .tensor("token_embd.weight", new long[] {1}, new float[1])
        .tensor("blk.12.ffn_norm.weight", new long[] {1}, new float[1])
        .tensor("blk.12.ffn_down.weight", new long[] {1}, new float[1])
        .tensor("output_norm.weight", new long[] {1}, new float[1])
        .write(path);
    try (var weights = new GgufWeights(GgufFile.open(path))) {
      assertThat(weights.names())
          .containsExactly(
              "embed_tokens.weight",
              "layers.12.post_attention_layernorm.weight",
              "layers.12.mlp.down_proj.weight",
              "norm.weight");
    }
  }

  @Test
  void constructor_otherArchitecture_isRefusedByName() {
    Path path = folder.resolve("model.gguf");
    new GgufBuilder().text("general.architecture", "mamba").write(path);
    try (var file = GgufFile.open(path)) {
      assertThatThrownBy(() -> new GgufWeights(file))
          .isInstanceOf(DataException.class)
          .hasMessageContaining(
              "is \"mamba\"; llama, qwen2, qwen3, smollm3, gemma, gemma2, gemma3,"
                  + " gemma-embedding, phi3, bert can");
    }
  }

  @Test
  void constructor_tensorWithoutAPlace_isRefusedByName() {
    Path path = folder.resolve("model.gguf");
    llama(1, 1).tensor("blk.0.attn_q_norm.weight", new long[] {1}, new float[1]).write(path);
    try (var file = GgufFile.open(path)) {
      assertThatThrownBy(() -> new GgufWeights(file))
          .hasMessageContaining("\"blk.0.attn_q_norm.weight\" has no place in a llama model");
    }
  }
}
