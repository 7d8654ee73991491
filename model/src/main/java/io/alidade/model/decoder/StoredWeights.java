package io.alidade.model.decoder;

import io.alidade.model.DecoderConfig;
import io.alidade.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// Gives a decoder's weights back as files store them: unfused, under their Hugging Face names, in
/// Hugging Face order.
final class StoredWeights {
  private final DecoderConfig config;
  private final LayerNames names;
  private final SequencedMap<String, Tensor> result = new LinkedHashMap<>();

  StoredWeights(DecoderConfig config) {
    this.config = config;
    this.names = LayerNames.of(config);
  }

  SequencedMap<String, Tensor> of(Tensor embeddings, List<DecoderLayer> layers, RmsNorm last) {
    result.put("embed_tokens.weight", embeddings);
    for (int i = 0; i < layers.size(); i++) {
      add(i, layers.get(i));
    }
    add("norm", last);
    return config.fusedMaps() ? FusedMapWeights.toStored(result, config) : result;
  }

  private void add(int index, DecoderLayer layer) {
    SelfAttention attention = layer.attention();
    add(LayerNames.path(index, names.attentionNorm()), attention.norm());
    add(attention.queryKeyValue());
    attention.headNorms().ifPresent(norms -> addHeadNorms(index, norms));
    add(attention.output().linear());
    names
        .afterAttention()
        .ifPresent(
            name -> add(LayerNames.path(index, name), attention.output().norm().orElseThrow()));
    add(LayerNames.path(index, names.feedForwardNorm()), layer.mlp().norm());
    add(layer.mlp().gateUp());
    add(layer.mlp().down().linear());
    names
        .afterFeedForward()
        .ifPresent(
            name -> add(LayerNames.path(index, name), layer.mlp().down().norm().orElseThrow()));
  }

  private void add(String module, RmsNorm norm) {
    result.put(module + ".weight", withoutOffset(norm.weight()));
  }

  private void addHeadNorms(int index, HeadNorms norms) {
    addHeadNorm(LayerNames.path(index, LayerNames.QUERY_NORM), norms.query());
    addHeadNorm(LayerNames.path(index, LayerNames.KEY_NORM), norms.key());
  }

  private void addHeadNorm(String module, RmsNorm norm) {
    int headDim = config.headDim();
    Tensor ordered =
        RotaryOrder.toHuggingFace(
            norm.weight().view(headDim, 1), headDim, LinearMaps.rotatedDims(config));
    result.put(module + ".weight", withoutOffset(ordered.view(headDim)));
  }

  private Tensor withoutOffset(Tensor weight) {
    double offset = config.norms().offset();
    return offset == 0 ? weight : weight.copy().add(-offset);
  }

  private void add(FusedLinear linear) {
    long row = 0;
    for (LinearMaps.Part part : linear.map().parts()) {
      Tensor rows = linear.weight().narrow(0, row, part.outputs());
      result.put(part.name() + ".weight", part.toHuggingFaceOrder(rows, config));
      if (linear.bias().isPresent()) {
        Tensor bias = linear.bias().get().narrow(0, row, part.outputs()).view(part.outputs(), 1);
        result.put(
            part.name() + ".bias", part.toHuggingFaceOrder(bias, config).view(part.outputs()));
      }
      row += part.outputs();
    }
  }
}
