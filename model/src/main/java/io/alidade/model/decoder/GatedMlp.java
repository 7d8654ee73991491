package io.alidade.model.decoder;

import io.alidade.model.transformer.Activation;
import io.alidade.model.transformer.FusedLinear;
import io.alidade.model.transformer.MapTuning;
import io.alidade.model.transformer.PassTuning;
import io.alidade.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// The feed-forward half of a layer, `down(activation(gate(x)) ⊙ up(x))`, added to the residual
/// stream.
///
/// Rows are independent here, so they pass in chunks small enough for their wide intermediate
/// values to stay in the processor's cache between one operation and the next.
///
/// @see <a href="https://arxiv.org/abs/2002.05202">Shazeer, GLU Variants, 2020</a>
record GatedMlp(RmsNorm norm, FusedLinear gateUp, ResidualOutput down, Activation activation)
    implements AutoCloseable {
  private static final int CHUNK_ROWS = 1024;

  /// What the backward pass needs: the input, its scales, and chunks of rows.
  record Saved(Tensor x, Tensor scales, List<SavedChunk> chunks) {
    Saved {
      chunks = List.copyOf(chunks);
    }

    List<Tensor> tensors() {
      var tensors = new ArrayList<>(List.of(x, scales));
      chunks.forEach(chunk -> tensors.addAll(chunk.tensors()));
      return tensors;
    }
  }

  /// What the backward pass needs of one chunk: gate and up before their product, and the adapters'
  /// low-rank inputs.
  record SavedChunk(Tensor gateUp, Tensor gateUpDown, ResidualOutput.Saved down) {
    List<Tensor> tensors() {
      var tensors = new ArrayList<>(List.of(gateUp, gateUpDown));
      tensors.addAll(down.tensors());
      return tensors;
    }
  }

  /// The residual stream behind this half.
  record Forward(Tensor residual, Saved saved) {}

  /// Adds the block's output to `x` in place, `[rows, hidden]`.
  void forward(Tensor x) {
    for (Tensor rows : chunks(x)) {
      Tensor wide = gateUp.forward(norm.forward(rows));
      down.forward(gate(wide).timesInPlace(up(wide)), rows);
    }
  }

  /// As [#forward], leaving the input as it is and keeping what [#backward] needs.
  Forward forward(Tensor x, PassTuning tuning) {
    MapTuning map = tuning.of(gateUp);
    Tensor residual = x.copy();
    Tensor scales = norm.scales(x);
    var saved = new ArrayList<SavedChunk>();
    long start = 0;
    for (Tensor rows : chunks(x)) {
      Tensor normed = norm.forward(rows, scales.narrow(0, start, rows.size(0)));
      Tensor wide = gateUp.forward(normed);
      Tensor gateUpDown = gateUp.down(normed, map);
      gateUp.addAdapter(gateUpDown, map, wide);
      Tensor active = gate(wide).timesInPlace(up(wide));
      ResidualOutput.Saved savedDown =
          down.forward(active, tuning, residual.narrow(0, start, rows.size(0)));
      saved.add(new SavedChunk(wide, gateUpDown, savedDown));
      start += rows.size(0);
    }
    return new Forward(residual, new Saved(x, scales, saved));
  }

  /// Adds to the gradients of what is trained, and turns the gradient of the block's output,
  /// residual included, into that of its input, in place.
  void backward(Tensor gradient, Saved saved, PassTuning tuning) {
    MapTuning map = tuning.of(gateUp);
    long start = 0;
    for (SavedChunk chunk : saved.chunks) {
      long rows = chunk.gateUp().size(0);
      Tensor x = saved.x.narrow(0, start, rows);
      Tensor scales = saved.scales.narrow(0, start, rows);
      Tensor rowGradient = gradient.narrow(0, start, rows);
      start += rows;
      Tensor gradientWide = backwardDown(chunk, rowGradient, tuning);
      Tensor normed = norm.forward(x, scales);
      Tensor gradientDown = gateUp.backwardWeights(normed, chunk.gateUpDown(), gradientWide, map);
      Tensor gradientNormed = gateUp.backwardInput(gradientWide, gradientDown, map);
      norm.backward(gradientNormed, x, scales, rowGradient, tuning);
    }
  }

  /// The gradient of gate and up, side by side, given that of the block's output.
  private Tensor backwardDown(SavedChunk chunk, Tensor gradient, PassTuning tuning) {
    Tensor wide = chunk.gateUp();
    long width = wide.size(1) / 2;
    Tensor gate = gate(wide);
    Tensor active = gate.times(up(wide));
    Tensor gradientActive = down.backward(gradient, active, chunk.down(), tuning);
    Tensor result = Tensor.empty(gradient.dtype(), gradient.size(0), 2 * width);
    result.narrow(1, width, width).setProduct(gradientActive, gate);
    Tensor gradientGate = gradientActive.timesInPlace(up(wide));
    Tensor input = wide.narrow(1, 0, width);
    Tensor target = result.narrow(1, 0, width);
    activation.backward(gradientGate, input, target);
    return result;
  }

  /// The activated gate, a new tensor.
  private Tensor gate(Tensor wide) {
    return activation.apply(wide.narrow(1, 0, wide.size(1) / 2));
  }

  private static Tensor up(Tensor wide) {
    long width = wide.size(1) / 2;
    return wide.narrow(1, width, width);
  }

  /// Chunks of like size, none above the limit.
  private static List<Tensor> chunks(Tensor x) {
    long count = Math.ceilDiv(x.size(0), CHUNK_ROWS);
    long size = Math.ceilDiv(x.size(0), Math.max(1, count));
    var chunks = new ArrayList<Tensor>();
    for (long start = 0; start < x.size(0); start += size) {
      chunks.add(x.narrow(0, start, Math.min(size, x.size(0) - start)));
    }
    return chunks;
  }

  @Override
  public void close() {
    norm.close();
    gateUp.close();
    down.close();
  }
}
