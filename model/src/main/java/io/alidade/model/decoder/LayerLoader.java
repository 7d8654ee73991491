package io.alidade.model.decoder;

import io.alidade.model.DecoderConfig;
import io.alidade.model.DecoderConfig.LayerAttention;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.Optional;

/// Loads one layer's weights, fused and in the decoder's rotary order.
record LayerLoader(DecoderConfig config, CheckedWeights weights, int layer) {

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
    return norm(name, config.hidden());
  }

  private RmsNorm norm(String name, int width) {
    return RmsNorm.load(weights, LayerNames.path(layer, name), width, config.norms());
  }

  private HeadNorms headNorms() {
    return new HeadNorms(headNorm(LayerNames.QUERY_NORM), headNorm(LayerNames.KEY_NORM));
  }

  /// In rotary order, as the rows that it normalises are.
  private RmsNorm headNorm(String name) {
    RmsNorm plain = norm(name, config.headDim());
    Tensor reordered =
        RotaryOrder.toRotary(
            plain.weight().view(config.headDim(), 1),
            config.headDim(),
            LinearMaps.rotatedDims(config));
    plain.weight().copyFrom(reordered.view(config.headDim()).copy());
    return plain;
  }

  private FusedLinear fused(LinearMaps.Fused map) {
    Tensor weight = Tensor.owned(weights.dtype(), map.outputs(), map.inputs());
    Optional<Tensor> bias =
        map.bias() ? Optional.of(Tensor.owned(weights.dtype(), map.outputs())) : Optional.empty();
    long row = 0;
    for (LinearMaps.Part part : map.parts()) {
      long from = row;
      try (var _ = TensorScope.open()) {
        Tensor rows = weights.read(part.name() + ".weight", part.outputs(), map.inputs());
        weight.narrow(0, row, part.outputs()).copyFrom(part.toRotaryOrder(rows, config));
        bias.ifPresent(all -> loadBias(part, all.narrow(0, from, part.outputs())));
      }
      row += part.outputs();
    }
    return new FusedLinear(weight, bias, map);
  }

  private void loadBias(LinearMaps.Part part, Tensor target) {
    Tensor values = weights.read(part.name() + ".bias", part.outputs()).view(part.outputs(), 1);
    target.copyFrom(part.toRotaryOrder(values, config).view(part.outputs()));
  }
}
