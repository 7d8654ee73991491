package io.alidade.model.decoder;

import io.alidade.model.decoder.SelfAttention.SavedHeads;
import io.alidade.model.decoder.SelfAttention.Turns;
import io.alidade.model.transformer.Batch;
import io.alidade.model.transformer.FusedLinear;
import io.alidade.model.transformer.MapTuning;
import io.alidade.model.transformer.PackedAttention;
import io.alidade.model.transformer.PassTuning;
import io.alidade.tensor.Tensor;
import java.util.Optional;

/// The attention half of the last layer, which is needed at the last token of each sequence only:
/// keys and values come from all rows, and everything else is computed for one row a sequence.
record LastTokenAttention(SelfAttention self) {

  /// What [#backward] needs. The input `x` belongs to the caller.
  record Saved(
      Tensor x,
      Tensor scales,
      Tensor query,
      Tensor queryDown,
      Tensor keyValue,
      Tensor keyValueDown,
      Optional<SavedHeads> heads,
      Tensor attended,
      ResidualOutput.Saved output) {}

  /// The residual stream behind this half, `[sequences, hidden]`.
  record Forward(Tensor residual, Saved saved) {}

  /// `[rows, hidden]` → `[sequences, hidden]`.
  Tensor forward(Tensor x, Batch batch) {
    Tensor last = batch.plan().rowsOfLast();
    Tensor normed = self.norm().forward(x);
    Tensor query = queries().forward(normed.rows(last));
    Tensor keyValue = keysAndValues().forward(normed);
    self.place(query, keys(keyValue), turns(batch));
    Tensor residual = x.rows(last);
    self.output().forward(self.attention().forwardLast(query, keyValue, batch.plan()), residual);
    return residual;
  }

  Forward forward(Tensor x, Batch batch, PassTuning tuning) {
    Tensor last = batch.plan().rowsOfLast();
    Tensor scales = self.norm().scales(x);
    Tensor normed = self.norm().forward(x, scales);
    Tensor normedLast = normed.rows(last);
    Tensor query = queries().forward(normedLast);
    Tensor queryDown = queries().down(normedLast, ofQueries(tuning));
    queries().addAdapter(queryDown, ofQueries(tuning), query);
    Tensor keyValue = keysAndValues().forward(normed);
    Tensor keyValueDown = keysAndValues().down(normed, ofKeysAndValues(tuning));
    keysAndValues().addAdapter(keyValueDown, ofKeysAndValues(tuning), keyValue);
    Optional<SavedHeads> heads = self.place(query, keys(keyValue), turns(batch));
    Tensor attended = self.attention().forwardLast(query, keyValue, batch.plan());
    Tensor residual = x.rows(last);
    ResidualOutput.Saved output = self.output().forward(attended, tuning, residual);
    var saved =
        new Saved(x, scales, query, queryDown, keyValue, keyValueDown, heads, attended, output);
    return new Forward(residual, saved);
  }

  /// Adds to the gradients of what is trained and returns the gradient of the input, `[rows,
  /// hidden]`, given that of the residual stream, `[sequences, hidden]`.
  Tensor backward(Tensor gradient, Saved saved, Batch batch, PassTuning tuning) {
    Tensor last = batch.plan().rowsOfLast();
    Tensor gradientAttended =
        self.output().backward(gradient, saved.attended, saved.output, tuning);
    PackedAttention.LastGradients gradients =
        self.attention().backwardLast(saved.query, saved.keyValue, gradientAttended, batch.plan());
    self.placeBack(
        gradients.query(), keys(gradients.keyValue()), turns(batch).back(), saved.heads, tuning);

    Tensor normed = self.norm().forward(saved.x, saved.scales);
    Tensor queryDown =
        queries()
            .backwardWeights(
                normed.rows(last), saved.queryDown, gradients.query(), ofQueries(tuning));
    Tensor keyValueDown =
        keysAndValues()
            .backwardWeights(
                normed, saved.keyValueDown, gradients.keyValue(), ofKeysAndValues(tuning));
    Tensor gradientNormed =
        keysAndValues().backwardInput(gradients.keyValue(), keyValueDown, ofKeysAndValues(tuning));
    gradientNormed.addRows(
        last, queries().backwardInput(gradients.query(), queryDown, ofQueries(tuning)));
    Tensor result = Tensor.zeros(saved.x.dtype(), saved.x.shape()).addRows(last, gradient);
    self.norm().backward(gradientNormed, saved.x, saved.scales, result, tuning);
    return result;
  }

  private FusedLinear queries() {
    return self.queryKeyValue().parts(0, 1);
  }

  private FusedLinear keysAndValues() {
    return self.queryKeyValue().parts(1, 3);
  }

  private Tensor keys(Tensor keyValue) {
    return keyValue.narrow(1, 0, self.keyWidth());
  }

  private Turns turns(Batch batch) {
    return Turns.of(self, batch).ofLast(batch.plan().rowsOfLast());
  }

  private MapTuning ofQueries(PassTuning tuning) {
    FusedLinear whole = self.queryKeyValue();
    return tuning.of(whole).parts(whole.map(), 0, 1);
  }

  private MapTuning ofKeysAndValues(PassTuning tuning) {
    FusedLinear whole = self.queryKeyValue();
    return tuning.of(whole).parts(whole.map(), 1, 3);
  }
}
