package io.alidade.model.decoder;

import io.alidade.model.DecoderConfig;
import io.alidade.model.LayerAttention;
import io.alidade.model.transformer.CheckedWeights;
import io.alidade.model.transformer.FusedLinear;
import io.alidade.model.transformer.FusedMap;
import io.alidade.model.transformer.PackedAttention;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.Optional;

/// Loads one layer's weights, fused and in the decoder's rotary order.
///
/// @param mapped whether matrices stay in their files; biases and norms are small and never do
record LayerLoader(DecoderConfig config, CheckedWeights weights, int layer, boolean mapped) {

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
        new PackedAttention(config.attentionHeads(), kind.window()),
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
        LinearMaps.rotaryOrder(config, config.headDim())
            .toRotary(plain.weight().view(config.headDim(), 1));
    plain.weight().copyFrom(reordered.view(config.headDim()).copy());
    return plain;
  }

  private FusedLinear fused(FusedMap map) {
    return mapped ? FusedLinear.map(weights, map) : FusedLinear.load(weights, map);
  }
}
