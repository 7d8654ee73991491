package io.alidade.model.head;

import io.alidade.model.transformer.LayerNorm;
import io.alidade.tensor.Attention;
import io.alidade.tensor.Tensor;

/// The formula of [LatentAttention], forwards and backwards. Rows do not meet: each asks the
/// latents alone.
record LatentLayer(LatentWeights weights) {

  /// What [#backward] needs besides the input and the latents' keys and values.
  ///
  /// @param query `[rows, heads · headDim]`
  /// @param attended `[rows, heads · headDim]`
  /// @param sum the input with what the latents gave, `[rows, hidden]`
  /// @param wide the value and the gate of the feed-forward part, `[rows, 2 · 4 · hidden]`
  record Saved(Tensor query, Tensor attended, Tensor sum, Tensor wide) {}

  /// The output `[rows, hidden]`, and what [#backward] needs.
  record Forward(Tensor output, Saved saved) {}

  /// The keys and values of the latents, side by side: `[latents, 2 · heads · headDim]`.
  Tensor keyValue() {
    return normedLatents().matmul(get(LatentShape.KEY_VALUE).t());
  }

  /// @param x the states, `[rows, hidden]`
  Forward forward(Tensor x, Tensor keyValue) {
    Tensor query = norm(LatentShape.QUERY_NORM).forward(x).matmul(get(LatentShape.QUERY).t());
    Tensor attended = rows(Attention.forward(inputs(query, keyValue)).output());
    Tensor sum = x.copy().addMatmul(attended, get(LatentShape.OUT).t(), 1.0);
    Tensor wide = norm(LatentShape.MLP_NORM).forward(sum).matmul(up().t()).add(upBias());
    Tensor output = sum.copy().addMatmul(gated(wide), down().t(), 1.0).add(downBias());
    return new Forward(output, new Saved(query, attended, sum, wide));
  }

  /// Adds to the weights' gradients and returns that of `x`.
  Tensor backward(
      Tensor gradient, Tensor x, Tensor keyValue, Saved saved, LatentWeights gradients) {
    Tensor ofSum = gradient.plus(throughMlp(gradient, saved, gradients));
    gradients.get(LatentShape.OUT).addMatmul(ofSum.t(), saved.attended, 1.0);
    Tensor ofAttended = ofSum.matmul(get(LatentShape.OUT));
    Attention.Gradients ofHeads =
        Attention.backward(inputs(saved.query, keyValue), heads(ofAttended));
    throughLatents(ofHeads, gradients);
    LayerNorm norm = norm(LatentShape.QUERY_NORM);
    Tensor ofQuery = rows(ofHeads.query());
    gradients.get(LatentShape.QUERY).addMatmul(ofQuery.t(), norm.forward(x), 1.0);
    Tensor ofNormed = ofQuery.matmul(get(LatentShape.QUERY));
    return ofSum.add(norm.backward(ofNormed, x, gradients.norm(LatentShape.QUERY_NORM)));
  }

  private Tensor throughMlp(Tensor gradient, Saved saved, LatentWeights gradients) {
    gradients
        .get(LatentShape.DOWN + LatentShape.WEIGHT)
        .addMatmul(gradient.t(), gated(saved.wide), 1.0);
    gradients.get(LatentShape.DOWN + LatentShape.BIAS).add(gradient.sumFirst());
    Tensor ofGated = gradient.matmul(down());
    Tensor value = half(saved.wide, 0);
    Tensor gate = half(saved.wide, 1);
    Tensor ofWide = Tensor.empty(gradient.dtype(), saved.wide.shape());
    half(ofWide, 0).setProduct(ofGated, gate.gelu());
    half(ofWide, 1).setGeluBackward(ofGated.timesInPlace(value), gate);
    LayerNorm norm = norm(LatentShape.MLP_NORM);
    gradients
        .get(LatentShape.UP + LatentShape.WEIGHT)
        .addMatmul(ofWide.t(), norm.forward(saved.sum), 1.0);
    gradients.get(LatentShape.UP + LatentShape.BIAS).add(ofWide.sumFirst());
    return norm.backward(ofWide.matmul(up()), saved.sum, gradients.norm(LatentShape.MLP_NORM));
  }

  private void throughLatents(Attention.Gradients ofHeads, LatentWeights gradients) {
    int width = shape().queryWidth();
    Tensor ofKeyValue = gradients.get(LatentShape.KEY_VALUE);
    Tensor ofNormed = Tensor.zeros(ofKeyValue.dtype(), shape().latents(), shape().hidden());
    for (int part = 0; part < 2; part++) {
      Tensor rows = rows(part == 0 ? ofHeads.key() : ofHeads.value());
      long first = (long) part * width;
      ofKeyValue.narrow(0, first, width).addMatmul(rows.t(), normedLatents(), 1.0);
      ofNormed.addMatmul(rows, get(LatentShape.KEY_VALUE).narrow(0, first, width), 1.0);
    }
    gradients
        .get(LatentShape.LATENTS)
        .add(
            norm(LatentShape.LATENT_NORM)
                .backward(
                    ofNormed, get(LatentShape.LATENTS), gradients.norm(LatentShape.LATENT_NORM)));
  }

  private Tensor normedLatents() {
    return norm(LatentShape.LATENT_NORM).forward(get(LatentShape.LATENTS));
  }

  /// `value ⊙ GELU(gate)`: `[rows, 4 · hidden]`.
  private Tensor gated(Tensor wide) {
    return half(wide, 1).gelu().timesInPlace(half(wide, 0));
  }

  private Tensor half(Tensor wide, int which) {
    return wide.narrow(1, (long) which * shape().wide(), shape().wide());
  }

  private Attention.Inputs inputs(Tensor query, Tensor keyValue) {
    int width = shape().queryWidth();
    return new Attention.Inputs(
        heads(query),
        heads(keyValue.narrow(1, 0, width)),
        heads(keyValue.narrow(1, width, width)),
        new Attention.Mask.None(),
        scoring());
  }

  /// `[rows, heads · headDim]` → `[1, heads, rows, headDim]`.
  private Tensor heads(Tensor rows) {
    return rows.view(1, rows.size(0), shape().heads(), shape().headDim()).transpose(1, 2);
  }

  /// `[1, heads, rows, headDim]` → `[rows, heads · headDim]`.
  private Tensor rows(Tensor heads) {
    return heads.transpose(1, 2).reshape(heads.size(2), shape().queryWidth());
  }

  private Attention.Scoring scoring() {
    return new Attention.Scoring(1 / Math.sqrt(shape().headDim()), 0);
  }

  private LatentShape shape() {
    return weights.shape();
  }

  private Tensor get(String name) {
    return weights.get(name);
  }

  private LayerNorm norm(String name) {
    return weights.norm(name);
  }

  private Tensor up() {
    return get(LatentShape.UP + LatentShape.WEIGHT);
  }

  private Tensor upBias() {
    return get(LatentShape.UP + LatentShape.BIAS);
  }

  private Tensor down() {
    return get(LatentShape.DOWN + LatentShape.WEIGHT);
  }

  private Tensor downBias() {
    return get(LatentShape.DOWN + LatentShape.BIAS);
  }
}
