package io.alidade.model.decoder;

import io.alidade.model.DecoderConfig;
import io.alidade.model.DecoderConfig.LayerAttention;
import io.alidade.model.weights.WeightSource;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.Optional;

/// Loads one layer's weights, fused and in the decoder's rotary order.
record LayerLoader(DecoderConfig config, WeightSource weights, DType dtype, int layer) {

  DecoderLayer load() {
    try (var _ = TensorScope.open()) {
      LayerNames names = LayerNames.of(config);
      return new DecoderLayer(attention(names), feedForward(names));
    }
  }

  private SelfAttention attention(LayerNames names) {
    LayerAttention kind = config.attention().layers().get(layer);
    return new SelfAttention(
        norm(names.attentionNorm()),
        fused(LinearMaps.queryKeyValue(config, layer)),
        config.attention().headNorms() ? Optional.of(headNorms()) : Optional.empty(),
        new PackedAttention(config, kind.window()),
        new ResidualOutput(
            fused(LinearMaps.attentionOutput(config, layer)),
            names.afterAttention().map(this::norm)),
        config,
        kind);
  }

  private GatedMlp feedForward(LayerNames names) {
    return new GatedMlp(
        norm(names.feedForwardNorm()),
        fused(LinearMaps.gateUp(config, layer)),
        new ResidualOutput(
            fused(LinearMaps.down(config, layer)), names.afterFeedForward().map(this::norm)),
        config.activation());
  }

  private RmsNorm norm(String name) {
    return RmsNorm.load(weights, LayerNames.path(layer, name), config.norms(), dtype);
  }

  private HeadNorms headNorms() {
    return new HeadNorms(headNorm(LayerNames.QUERY_NORM), headNorm(LayerNames.KEY_NORM));
  }

  /// In rotary order, as the rows that it normalises are.
  private RmsNorm headNorm(String name) {
    RmsNorm plain = norm(name);
    Tensor reordered =
        RotaryOrder.toRotary(
            plain.weight().view(config.headDim(), 1),
            config.headDim(),
            LinearMaps.rotatedDims(config));
    plain.weight().copyFrom(reordered.view(config.headDim()).copy());
    return plain;
  }

  private FusedLinear fused(LinearMaps.Fused map) {
    Tensor weight = Tensor.owned(dtype, map.outputs(), map.inputs());
    Optional<Tensor> bias =
        map.bias() ? Optional.of(Tensor.owned(dtype, map.outputs())) : Optional.empty();
    long row = 0;
    for (LinearMaps.Part part : map.parts()) {
      long from = row;
      try (var _ = TensorScope.open()) {
        Tensor rows = weights.tensor(part.name() + ".weight", dtype);
        weight
            .narrow(0, row, part.outputs())
            .copyFrom(part.toRotaryOrder(rows.view(part.outputs(), map.inputs()), config));
        bias.ifPresent(all -> loadBias(part, all.narrow(0, from, part.outputs())));
      }
      row += part.outputs();
    }
    return new FusedLinear(weight, bias, map);
  }

  private void loadBias(LinearMaps.Part part, Tensor target) {
    Tensor values = weights.tensor(part.name() + ".bias", dtype).view(part.outputs(), 1);
    target.copyFrom(part.toRotaryOrder(values, config).view(part.outputs()));
  }
}
