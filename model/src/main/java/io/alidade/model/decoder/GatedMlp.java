package io.alidade.model.decoder;

import io.alidade.model.decoder.FusedLinear.Adapted;
import io.alidade.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// The feed-forward half of a layer, `down(silu(gate(x)) ⊙ up(x))`, added to the residual stream.
///
/// Rows are independent here, so they pass in chunks small enough for their wide intermediate
/// values to stay in the processor's cache between one operation and the next.
///
/// @see <a href="https://arxiv.org/abs/2002.05202">Shazeer, GLU Variants, 2020</a>, SwiGLU
record GatedMlp(RmsNorm norm, FusedLinear gateUp, FusedLinear down) implements AutoCloseable {
  private static final int CHUNK_ROWS = 512;

  /// What the backward pass needs of one chunk: gate and up before their product, and the adapters'
  /// low-rank inputs.
  record SavedChunk(Tensor gateUp, Tensor gateUpDown, Tensor downDown) {
    List<Tensor> tensors() {
      return List.of(gateUp, gateUpDown, downDown);
    }
  }

  /// Adds the block's output to `x` in place, `[rows, hidden]`.
  void forward(Tensor x) {
    for (Tensor rows : chunks(x)) {
      Tensor wide = gateUp.forward(norm.forward(rows));
      down.forwardAdding(activation(wide), rows);
    }
  }

  /// Adds the block's output to `x`, leaving the input as it is, and keeps what [#backward] needs.
  Tensor forward(Tensor x, Tensor scales, Adapted gateUpLora, Adapted downLora, Saved saved) {
    Tensor result = x.copy();
    long start = 0;
    for (Tensor rows : chunks(x)) {
      Tensor target = result.narrow(0, start, rows.size(0));
      Tensor normed = norm.forward(rows, scales.narrow(0, start, rows.size(0)));
      start += rows.size(0);
      Tensor wide = gateUp.forward(normed);
      Tensor gateUpDown = gateUp.down(normed, gateUpLora);
      gateUp.addAdapter(gateUpDown, gateUpLora.slice(), wide);
      Tensor active = activation(wide);
      down.forwardAdding(active, target);
      Tensor downDown = down.down(active, downLora);
      down.addAdapter(downDown, downLora.slice(), target);
      saved.chunks.add(new SavedChunk(wide, gateUpDown, downDown));
    }
    return result;
  }

  /// Adds to the adapters' gradients, and turns the gradient of the block's output, residual
  /// included, into that of its input, in place.
  void backward(
      Tensor gradient, Tensor x, Tensor scales, Adapted gateUpLora, Adapted downLora, Saved saved) {
    long start = 0;
    for (SavedChunk chunk : saved.chunks) {
      long rows = chunk.gateUp().size(0);
      Tensor rowsOfX = x.narrow(0, start, rows);
      Tensor rowScales = scales.narrow(0, start, rows);
      Tensor rowGradient = gradient.narrow(0, start, rows);
      start += rows;
      Tensor gradientWide = backwardDown(chunk, rowGradient, downLora);
      Tensor normed = norm.forward(rowsOfX, rowScales);
      Tensor gradientDown =
          gateUp.backwardAdapter(normed, chunk.gateUpDown(), gradientWide, gateUpLora);
      Tensor gradientNormed = gateUp.backwardInput(gradientWide, gradientDown, gateUpLora);
      norm.backward(gradientNormed, rowsOfX, rowScales, rowGradient);
    }
  }

  /// The gradient of gate and up, side by side, given that of the block's output.
  private Tensor backwardDown(SavedChunk chunk, Tensor gradient, Adapted downLora) {
    long width = chunk.gateUp().size(1) / 2;
    Tensor gate = chunk.gateUp().narrow(1, 0, width);
    Tensor up = chunk.gateUp().narrow(1, width, width);
    Tensor silu = gate.silu();
    Tensor active = silu.times(up);
    Tensor gradientDown = down.backwardAdapter(active, chunk.downDown(), gradient, downLora);
    Tensor gradientActive = down.backwardInput(gradient, gradientDown, downLora);
    Tensor result = Tensor.empty(gradient.dtype(), gradient.size(0), 2 * width);
    result.narrow(1, width, width).setProduct(gradientActive, silu);
    result.narrow(1, 0, width).setSiluBackward(gradientActive.timesInPlace(up), gate);
    return result;
  }

  /// The saved chunks of one layer.
  static final class Saved {
    private final List<SavedChunk> chunks = new ArrayList<>();

    List<Tensor> tensors() {
      return chunks.stream().flatMap(chunk -> chunk.tensors().stream()).toList();
    }
  }

  private static Tensor activation(Tensor wide) {
    long width = wide.size(1) / 2;
    return wide.narrow(1, 0, width).silu().timesInPlace(wide.narrow(1, width, width));
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
