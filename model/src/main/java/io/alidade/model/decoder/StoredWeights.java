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
    result.put(TokenRows.NAME, embeddings);
    for (int i = 0; i < layers.size(); i++) {
      add(i, layers.get(i));
    }
    add("norm", last);
    return config.fusedMaps() ? FusedMapWeights.toStored(result, config) : result;
  }

  private void add(int index, DecoderLayer layer) {
    SelfAttention attention = layer.attention();
    add(LayerNames.path(index, names.attentionNorm()), attention.norm());
    attention.queryKeyValue().store(result);
    attention.headNorms().ifPresent(norms -> addHeadNorms(index, norms));
    attention.output().linear().store(result);
    names
        .afterAttention()
        .ifPresent(
            name -> add(LayerNames.path(index, name), attention.output().norm().orElseThrow()));
    add(LayerNames.path(index, names.feedForwardNorm()), layer.mlp().norm());
    layer.mlp().gateUp().store(result);
    layer.mlp().down().linear().store(result);
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
        LinearMaps.rotaryOrder(config, headDim).toHuggingFace(norm.weight().view(headDim, 1));
    result.put(module + ".weight", withoutOffset(ordered.view(headDim)));
  }

  private Tensor withoutOffset(Tensor weight) {
    double offset = config.norms().offset();
    return offset == 0 ? weight : weight.copy().add(-offset);
  }
}
