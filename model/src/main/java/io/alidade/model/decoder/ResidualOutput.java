package io.alidade.model.decoder;

import io.alidade.model.transformer.FusedLinear;
import io.alidade.model.transformer.MapTuning;
import io.alidade.model.transformer.PassTuning;
import io.alidade.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The end of a block: a linear map whose result is added to the residual stream, in some families
/// after a normalisation of its own.
record ResidualOutput(FusedLinear linear, Optional<RmsNorm> norm) implements AutoCloseable {

  /// What [#backward] needs beside the input.
  ///
  /// @param down the adapter's low-rank input
  /// @param normed the map's result and its scales, where it is normalised
  record Saved(Tensor down, Optional<Normed> normed) {
    List<Tensor> tensors() {
      var tensors = new ArrayList<Tensor>();
      tensors.add(down);
      normed.ifPresent(n -> tensors.addAll(List.of(n.result(), n.scales())));
      return tensors;
    }
  }

  record Normed(Tensor result, Tensor scales) {}

  /// Adds to `residual`, `[rows, hidden]`, in place.
  void forward(Tensor input, Tensor residual) {
    if (norm.isPresent()) {
      residual.add(norm.get().forward(linear.forward(input)));
    } else {
      linear.forwardAdding(input, residual);
    }
  }

  /// As [#forward], with what is trained, keeping what [#backward] needs.
  Saved forward(Tensor input, PassTuning tuning, Tensor residual) {
    MapTuning map = tuning.of(linear);
    Tensor down = linear.down(input, map);
    if (norm.isEmpty()) {
      linear.forwardAdding(input, residual);
      linear.addAdapter(down, map, residual);
      return new Saved(down, Optional.empty());
    }
    Tensor result = linear.forward(input);
    linear.addAdapter(down, map, result);
    Tensor scales = norm.get().scales(result);
    residual.add(norm.get().forward(result, scales));
    return new Saved(down, Optional.of(new Normed(result, scales)));
  }

  /// Adds to the gradients of what is trained and returns the gradient of the input, given that of
  /// the residual stream, which stays as it is.
  Tensor backward(Tensor gradient, Tensor input, Saved saved, PassTuning tuning) {
    Tensor gradientResult =
        saved.normed().map(normed -> backwardNorm(gradient, normed, tuning)).orElse(gradient);
    MapTuning map = tuning.of(linear);
    Tensor gradientDown = linear.backwardWeights(input, saved.down(), gradientResult, map);
    return linear.backwardInput(gradientResult, gradientDown, map);
  }

  private Tensor backwardNorm(Tensor gradient, Normed normed, PassTuning tuning) {
    Tensor result = Tensor.zeros(gradient.dtype(), gradient.shape());
    norm.orElseThrow().backward(gradient.copy(), normed.result(), normed.scales(), result, tuning);
    return result;
  }

  @Override
  public void close() {
    linear.close();
    norm.ifPresent(RmsNorm::close);
  }
}
