package io.alidade.model.decoder;

import io.alidade.model.decoder.FusedLinear.Adapted;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.tensor.Tensor;
import java.util.List;

/// One transformer layer: attention and feed-forward block, each behind a normalisation and added
/// to the residual stream.
///
/// The last layer is needed at the last token of each sequence only: keys and values come from all
/// rows, and everything else is computed for one row a sequence ([#forwardLast]).
record DecoderLayer(
    RmsNorm norm,
    FusedLinear queryKeyValue,
    PackedAttention attention,
    FusedLinear attentionOutput,
    GatedMlp mlp)
    implements AutoCloseable {
  private static final int ROTATED_PARTS = 2;

  /// The constant inputs of one pass: where sequences lie and how rows are rotated.
  record Batch(AttentionPlan plan, Tensor rotations) {}

  /// The adapters of this layer's four fused maps.
  record Adapters(Adapted queryKeyValue, Adapted attentionOutput, Adapted gateUp, Adapted down) {

    static Adapters of(DecoderLayer layer, LoraAdapter lora, Dropout dropout, int index) {
      return new Adapters(
          adapted(layer.queryKeyValue, lora, dropout.at(4 * index)),
          adapted(layer.attentionOutput, lora, dropout.at(4 * index + 1)),
          adapted(layer.mlp.gateUp(), lora, dropout.at(4 * index + 2)),
          adapted(layer.mlp.down(), lora, dropout.at(4 * index + 3)));
    }

    private static Adapted adapted(FusedLinear linear, LoraAdapter lora, Dropout dropout) {
      return new Adapted(lora.slice(linear.map().name()), dropout);
    }
  }

  /// What the backward pass needs of [#forward].
  record Saved(
      Tensor x,
      Tensor scales,
      Tensor queryKeyValue,
      Tensor queryKeyValueDown,
      Tensor attended,
      Tensor attendedDown,
      Tensor middle,
      Tensor middleScales,
      GatedMlp.Saved mlp) {
    List<Tensor> tensors() {
      return List.of(
          x,
          scales,
          queryKeyValue,
          queryKeyValueDown,
          attended,
          attendedDown,
          middle,
          middleScales);
    }
  }

  // ---- without gradient ----------------------------------------------------------------------

  /// Overwrites `x`, `[rows, hidden]`.
  void forward(Tensor x, Batch batch) {
    Tensor states = queryKeyValue.forward(norm.forward(x));
    rotate(states, batch.rotations());
    attentionOutput.forwardAdding(attention.forward(states, batch.plan()), x);
    mlp.forward(x);
  }

  /// The states of last tokens only: `[rows, hidden]` → `[sequences, hidden]`.
  Tensor forwardLast(Tensor x, Batch batch) {
    Tensor normed = norm.forward(x);
    Tensor last = batch.plan().rowsOfLast();
    Tensor query = queries().forward(normed.rows(last));
    Tensor keyValue = keysAndValues().forward(normed);
    rotateLast(query, keyValue, batch);
    Tensor result = x.rows(last);
    attentionOutput.forwardAdding(attention.forwardLast(query, keyValue, batch.plan()), result);
    mlp.forward(result);
    return result;
  }

  // ---- with gradient -------------------------------------------------------------------------

  /// The output `[rows, hidden]`, and what [#backward] needs.
  record Forward(Tensor output, Saved saved) {}

  Forward forward(Tensor x, Batch batch, Adapters adapters) {
    Tensor scales = norm.scales(x);
    Tensor normed = norm.forward(x, scales);
    Tensor states = queryKeyValue.forward(normed);
    Tensor statesDown = queryKeyValue.down(normed, adapters.queryKeyValue);
    queryKeyValue.addAdapter(statesDown, adapters.queryKeyValue.slice(), states);
    rotate(states, batch.rotations());
    Tensor attended = attention.forward(states, batch.plan());
    Tensor middle = x.copy();
    attentionOutput.forwardAdding(attended, middle);
    Tensor attendedDown = attentionOutput.down(attended, adapters.attentionOutput);
    attentionOutput.addAdapter(attendedDown, adapters.attentionOutput.slice(), middle);
    Tensor middleScales = mlp.norm().scales(middle);
    var savedMlp = new GatedMlp.Saved();
    Tensor output = mlp.forward(middle, middleScales, adapters.gateUp, adapters.down, savedMlp);
    return new Forward(
        output,
        new Saved(
            x, scales, states, statesDown, attended, attendedDown, middle, middleScales, savedMlp));
  }

  /// Adds to the adapters' gradients, and turns the gradient of the output, `[rows, hidden]`, into
  /// that of the input, in place. The first layer's input is frozen, so it leaves that part out.
  void backward(Tensor gradient, Saved saved, Batch batch, Adapters adapters, boolean inputNeeded) {
    mlp.backward(
        gradient, saved.middle, saved.middleScales, adapters.gateUp, adapters.down, saved.mlp);
    Tensor gradientDown =
        attentionOutput.backwardAdapter(
            saved.attended, saved.attendedDown, gradient, adapters.attentionOutput);
    Tensor gradientAttended =
        attentionOutput.backwardInput(gradient, gradientDown, adapters.attentionOutput);
    Tensor gradientStates = attention.backward(saved.queryKeyValue, gradientAttended, batch.plan());
    rotate(gradientStates, batch.rotations().conjugate());
    Tensor normed = norm.forward(saved.x, saved.scales);
    Tensor statesDown =
        queryKeyValue.backwardAdapter(
            normed, saved.queryKeyValueDown, gradientStates, adapters.queryKeyValue);
    if (inputNeeded) {
      Tensor gradientNormed =
          queryKeyValue.backwardInput(gradientStates, statesDown, adapters.queryKeyValue);
      norm.backward(gradientNormed, saved.x, saved.scales, gradient);
    }
  }

  /// What the backward pass needs of [#forwardLast].
  record SavedLast(
      Tensor x,
      Tensor scales,
      Tensor query,
      Tensor queryDown,
      Tensor keyValue,
      Tensor keyValueDown,
      Tensor attended,
      Tensor attendedDown,
      Tensor middle,
      Tensor middleScales,
      GatedMlp.Saved mlp) {}

  record ForwardLast(Tensor output, SavedLast saved) {}

  ForwardLast forwardLast(Tensor x, Batch batch, Adapters adapters) {
    Tensor last = batch.plan().rowsOfLast();
    Tensor scales = norm.scales(x);
    Tensor normed = norm.forward(x, scales);
    Tensor normedLast = normed.rows(last);
    Adapted queryLora = queryLora(adapters);
    Adapted keyValueLora = keyValueLora(adapters);
    Tensor query = queries().forward(normedLast);
    Tensor queryDown = queries().down(normedLast, queryLora);
    queries().addAdapter(queryDown, queryLora.slice(), query);
    Tensor keyValue = keysAndValues().forward(normed);
    Tensor keyValueDown = keysAndValues().down(normed, keyValueLora);
    keysAndValues().addAdapter(keyValueDown, keyValueLora.slice(), keyValue);
    rotateLast(query, keyValue, batch);
    Tensor attended = attention.forwardLast(query, keyValue, batch.plan());
    Tensor middle = x.rows(last);
    attentionOutput.forwardAdding(attended, middle);
    Tensor attendedDown = attentionOutput.down(attended, adapters.attentionOutput);
    attentionOutput.addAdapter(attendedDown, adapters.attentionOutput.slice(), middle);
    Tensor middleScales = mlp.norm().scales(middle);
    var savedMlp = new GatedMlp.Saved();
    Tensor output = mlp.forward(middle, middleScales, adapters.gateUp, adapters.down, savedMlp);
    var saved =
        new SavedLast(
            x,
            scales,
            query,
            queryDown,
            keyValue,
            keyValueDown,
            attended,
            attendedDown,
            middle,
            middleScales,
            savedMlp);
    return new ForwardLast(output, saved);
  }

  /// Adds to the adapters' gradients and returns the gradient of the input, `[rows, hidden]`, given
  /// that of the last tokens' output, `[sequences, hidden]`, which is overwritten.
  Tensor backwardLast(Tensor gradient, SavedLast saved, Batch batch, Adapters adapters) {
    Tensor last = batch.plan().rowsOfLast();
    mlp.backward(
        gradient, saved.middle, saved.middleScales, adapters.gateUp, adapters.down, saved.mlp);
    Tensor gradientDown =
        attentionOutput.backwardAdapter(
            saved.attended, saved.attendedDown, gradient, adapters.attentionOutput);
    Tensor gradientAttended =
        attentionOutput.backwardInput(gradient, gradientDown, adapters.attentionOutput);
    PackedAttention.LastGradients gradients =
        attention.backwardLast(saved.query, saved.keyValue, gradientAttended, batch.plan());
    rotateLastBack(gradients, batch);

    Tensor normed = norm.forward(saved.x, saved.scales);
    Adapted queryLora = queryLora(adapters);
    Adapted keyValueLora = keyValueLora(adapters);
    Tensor queryDown =
        queries().backwardAdapter(normed.rows(last), saved.queryDown, gradients.query(), queryLora);
    Tensor keyValueDown =
        keysAndValues()
            .backwardAdapter(normed, saved.keyValueDown, gradients.keyValue(), keyValueLora);
    Tensor gradientNormed =
        keysAndValues().backwardInput(gradients.keyValue(), keyValueDown, keyValueLora);
    gradientNormed.addRows(last, queries().backwardInput(gradients.query(), queryDown, queryLora));
    Tensor result = Tensor.zeros(saved.x.dtype(), saved.x.shape()).addRows(last, gradient);
    norm.backward(gradientNormed, saved.x, saved.scales, result);
    return result;
  }

  // ---- parts ---------------------------------------------------------------------------------

  private FusedLinear queries() {
    return queryKeyValue.parts(0, 1);
  }

  private FusedLinear keysAndValues() {
    return queryKeyValue.parts(1, 3);
  }

  /// Where rows differ, so must dropout's masks; queries of the last layer are other rows.
  private static Adapted queryLora(Adapters adapters) {
    return adapters.queryKeyValue.parts(0, 1);
  }

  private static Adapted keyValueLora(Adapters adapters) {
    return adapters.queryKeyValue.parts(1, 3);
  }

  private void rotate(Tensor states, Tensor rotations) {
    long width = queryKeyValue.parts(0, ROTATED_PARTS).weight().size(0);
    RotaryEmbedding.rotate(states.narrow(1, 0, width), rotations);
  }

  private void rotateLast(Tensor query, Tensor keyValue, Batch batch) {
    RotaryEmbedding.rotate(query, batch.rotations().rows(batch.plan().rowsOfLast()));
    RotaryEmbedding.rotate(keyValue.narrow(1, 0, keyValue.size(1) / 2), batch.rotations());
  }

  private static void rotateLastBack(PackedAttention.LastGradients gradients, Batch batch) {
    Tensor back = batch.rotations().conjugate();
    Tensor keyValue = gradients.keyValue();
    RotaryEmbedding.rotate(
        gradients.query(), batch.rotations().rows(batch.plan().rowsOfLast()).conjugate());
    RotaryEmbedding.rotate(keyValue.narrow(1, 0, keyValue.size(1) / 2), back);
  }

  void merge(LoraAdapter lora) {
    for (FusedLinear linear : List.of(queryKeyValue, attentionOutput, mlp.gateUp(), mlp.down())) {
      linear.merge(lora.slice(linear.map().name()));
    }
  }

  @Override
  public void close() {
    norm.close();
    queryKeyValue.close();
    attentionOutput.close();
    mlp.close();
  }
}
