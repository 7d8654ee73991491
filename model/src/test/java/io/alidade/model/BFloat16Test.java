package io.alidade.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.model.config.HuggingFaceConfig;
import io.alidade.model.head.PooledPass;
import io.alidade.model.head.Pooling;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.lora.LoraConfig;
import io.alidade.model.transformer.PackedTokens;
import io.alidade.model.transformer.Transformer;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import io.alidade.testkit.Golden;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Products in bfloat16 give nearly the vectors and gradients of float32.
class BFloat16Test {
  @TempDir Path folder;

  private record Result(Tensor vectors, Tensor gradient) {}

  @ParameterizedTest
  @ValueSource(strings = {"llama-default", "qwen3", "gemma2", "phi3", "bert", "modernbert"})
  void train_weightsHeldInBfloat16_isNearFloat32(String family) {
    try (var _ = TensorScope.open()) {
      Result exact = result(family, ComputeTypes.of(DType.FLOAT32));
      for (ComputeTypes types :
          List.of(ComputeTypes.bfloat16(), ComputeTypes.bfloat16OfTrained())) {
        Result rounded = result(family, types);
        for (int i = 0; i < exact.vectors.size(0); i++) {
          assertThat(cosine(rounded.vectors.narrow(0, i, 1), exact.vectors.narrow(0, i, 1)))
              .isBetween(0.9995, 1 - 1e-9);
        }
        double difference = rounded.gradient.minus(exact.gradient).norm();
        assertThat(difference / exact.gradient.norm()).isBetween(1e-5, 0.03);
      }
    }
  }

  private Result result(String family, ComputeTypes types) {
    try (Transformer model = model(family, types);
        LoraAdapter lora =
            LoraAdapter.initial(new LoraConfig(4, 8, 0), model.linearMaps(), model.dtype(), 1)) {
      assertThat(model.dtype()).isEqualTo(DType.FLOAT32);
      lora.parameters().add(Tensor.normal(2, 0.05, DType.FLOAT32, lora.parameters().size(0)));
      PackedTokens packed = model.pack(texts(family));
      Tensor vectors;
      try (var pass = PooledPass.of(Pooling.MEAN, model, packed, lora, 0)) {
        vectors = pass.output().copy();
        pass.backward(Tensor.normal(3, 1, DType.FLOAT32, vectors.shape()));
      }
      return new Result(vectors, lora.gradients().copy());
    }
  }

  private Transformer model(String family, ComputeTypes types) {
    String path = "families/" + family + "/";
    try (var weights = SafetensorsFile.open(Golden.file(path + "model.safetensors", folder))) {
      TransformerConfig config = HuggingFaceConfig.read(Golden.file(path + "config.json", folder));
      return Models.transformer(config, weights, types);
    }
  }

  private static List<int[]> texts(String family) {
    var texts = new ArrayList<int[]>();
    for (JsonNode ids : Golden.json("families/" + family + "/golden.json").get("ids")) {
      texts.add(ids.valueStream().mapToInt(JsonNode::intValue).toArray());
    }
    return texts;
  }

  private static double cosine(Tensor left, Tensor right) {
    return left.times(right).sum() / (left.norm() * right.norm());
  }
}
