package io.alidade.model.decoder;

import io.alidade.model.DecoderConfig;
import io.alidade.model.LayerAttention;
import io.alidade.model.transformer.Batch;
import io.alidade.model.transformer.FusedLinear;
import io.alidade.model.transformer.MapTuning;
import io.alidade.model.transformer.PackedAttention;
import io.alidade.model.transformer.PassTuning;
import io.alidade.model.transformer.RotaryEmbedding;
import io.alidade.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The attention half of a layer, added to the residual stream; every token asks. In the last layer
/// only the last token of each sequence does: [LastTokenAttention].
record SelfAttention(
    RmsNorm norm,
    FusedLinear queryKeyValue,
    Optional<HeadNorms> headNorms,
    PackedAttention attention,
    ResidualOutput output,
    DecoderConfig config,
    LayerAttention kind)
    implements AutoCloseable {

  /// What the backward pass needs of the heads' normalisations.
  record SavedHeads(HeadNorms.Saved query, HeadNorms.Saved key) {
    List<Tensor> tensors() {
      var tensors = new ArrayList<>(query.tensors());
      tensors.addAll(key.tensors());
      return tensors;
    }
  }

  /// What [#backward] needs. The input `x` belongs to the caller.
  record Saved(
      Tensor x,
      Tensor scales,
      Tensor states,
      Tensor statesDown,
      Optional<SavedHeads> heads,
      PackedAttention.Attended attended,
      ResidualOutput.Saved output) {
    List<Tensor> ownTensors() {
      var tensors = new ArrayList<>(List.of(scales, states, statesDown));
      tensors.addAll(attended.tensors());
      heads.ifPresent(h -> tensors.addAll(h.tensors()));
      tensors.addAll(output.tensors());
      return tensors;
    }
  }

  /// The residual stream behind this half, `[rows, hidden]`.
  record Forward(Tensor residual, Saved saved) {}

  /// Adds to `x`, `[rows, hidden]`, in place.
  void forward(Tensor x, Batch batch) {
    Tensor states = queryKeyValue.forward(norm.forward(x));
    place(queries(states), keys(states), Turns.of(this, batch));
    output.forward(attention.forward(states, batch.plan()).rows(), x);
  }

  Forward forward(Tensor x, Batch batch, PassTuning tuning) {
    MapTuning map = tuning.of(queryKeyValue);
    Tensor scales = norm.scales(x);
    Tensor normed = norm.forward(x, scales);
    Tensor states = queryKeyValue.forward(normed);
    Tensor statesDown = queryKeyValue.down(normed, map);
    queryKeyValue.addAdapter(statesDown, map, states);
    Optional<SavedHeads> heads = place(queries(states), keys(states), Turns.of(this, batch));
    PackedAttention.Attended attended = attention.forward(states, batch.plan());
    Tensor residual = x.copy();
    ResidualOutput.Saved saved = output.forward(attended.rows(), tuning, residual);
    return new Forward(residual, new Saved(x, scales, states, statesDown, heads, attended, saved));
  }

  /// Adds to the gradients of what is trained, and turns the gradient of the residual stream,
  /// `[rows, hidden]`, into that of the input, in place. Where nothing below is trained, that part
  /// is left out.
  void backward(Tensor gradient, Saved saved, Batch batch, PassTuning tuning, boolean inputNeeded) {
    MapTuning map = tuning.of(queryKeyValue);
    Tensor gradientAttended =
        output.backward(gradient, saved.attended.rows(), saved.output, tuning);
    Tensor gradientStates =
        attention.backward(saved.states, saved.attended, gradientAttended, batch.plan());
    placeBack(
        queries(gradientStates),
        keys(gradientStates),
        Turns.of(this, batch).back(),
        saved.heads,
        tuning);
    Tensor normed = norm.forward(saved.x, saved.scales);
    Tensor gradientDown =
        queryKeyValue.backwardWeights(normed, saved.statesDown, gradientStates, map);
    if (inputNeeded) {
      Tensor gradientNormed = queryKeyValue.backwardInput(gradientStates, gradientDown, map);
      norm.backward(gradientNormed, saved.x, saved.scales, gradient, tuning);
    }
  }

  /// How queries and keys are turned, or nothing in layers without positions.
  record Turns(Optional<Tensor> query, Optional<Tensor> key) {
    static Turns of(SelfAttention attention, Batch batch) {
      Optional<Tensor> rotations = attention.kind.rope().map(batch.rotations()::get);
      return new Turns(rotations, rotations);
    }

    /// For queries at last tokens only.
    Turns ofLast(Tensor rowsOfLast) {
      return new Turns(query.map(rows -> rows.rows(rowsOfLast)), key);
    }

    /// The transposed turns, for gradients.
    Turns back() {
      return new Turns(query.map(Tensor::conjugate), key.map(Tensor::conjugate));
    }
  }

  /// Normalises heads where the family does, and turns queries and keys by their positions, in
  /// place.
  Optional<SavedHeads> place(Tensor query, Tensor key, Turns turns) {
    Optional<SavedHeads> saved =
        headNorms.map(
            norms ->
                new SavedHeads(
                    HeadNorms.apply(norms.query(), query), HeadNorms.apply(norms.key(), key)));
    turns.query().ifPresent(rows -> RotaryEmbedding.rotate(query, rows, config.headDim()));
    turns.key().ifPresent(rows -> RotaryEmbedding.rotate(key, rows, config.headDim()));
    return saved;
  }

  /// Turns the gradients of placed queries and keys into those before, in place.
  void placeBack(
      Tensor query, Tensor key, Turns back, Optional<SavedHeads> saved, PassTuning tuning) {
    back.query().ifPresent(rows -> RotaryEmbedding.rotate(query, rows, config.headDim()));
    back.key().ifPresent(rows -> RotaryEmbedding.rotate(key, rows, config.headDim()));
    headNorms.ifPresent(
        norms -> {
          HeadNorms.backward(norms.query(), query, saved.orElseThrow().query(), tuning);
          HeadNorms.backward(norms.key(), key, saved.orElseThrow().key(), tuning);
        });
  }

  private Tensor queries(Tensor states) {
    return states.narrow(1, 0, queryWidth());
  }

  private Tensor keys(Tensor states) {
    return states.narrow(1, queryWidth(), keyWidth());
  }

  private long queryWidth() {
    return (long) config.heads() * config.headDim();
  }

  long keyWidth() {
    return (long) config.keyHeads() * config.headDim();
  }

  @Override
  public void close() {
    norm.close();
    queryKeyValue.close();
    headNorms.ifPresent(HeadNorms::close);
    output.close();
  }
}
