package io.alidade.model.decoder;

import io.alidade.model.DecoderConfig;
import io.alidade.model.weights.WeightSource;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;

/// Loads one layer's weights, fused and in the decoder's rotary order.
record LayerLoader(DecoderConfig config, WeightSource weights, DType dtype, int layer) {

  DecoderLayer load() {
    try (var _ = TensorScope.open()) {
      return new DecoderLayer(
          norm("input_layernorm"),
          fused(LinearMaps.queryKeyValue(config, layer)),
          new PackedAttention(config),
          fused(LinearMaps.attentionOutput(config, layer)),
          new GatedMlp(
              norm("post_attention_layernorm"),
              fused(LinearMaps.gateUp(config, layer)),
              fused(LinearMaps.down(config, layer))));
    }
  }

  private RmsNorm norm(String name) {
    String key = "layers." + layer + "." + name + ".weight";
    Tensor weight = Tensor.owned(dtype, config.hidden()).copyFrom(weights.tensor(key, dtype));
    return new RmsNorm(weight, config.rmsNormEpsilon());
  }

  private FusedLinear fused(LinearMaps.Fused map) {
    Tensor weight = Tensor.owned(dtype, map.outputs(), map.inputs());
    long row = 0;
    for (LinearMaps.Part part : map.parts()) {
      try (var _ = TensorScope.open()) {
        Tensor rows = weights.tensor(part.name() + ".weight", dtype);
        weight
            .narrow(0, row, part.outputs())
            .copyFrom(part.toRotaryOrder(rows.view(part.outputs(), map.inputs()), config));
      }
      row += part.outputs();
    }
    return new FusedLinear(weight, map);
  }
}
