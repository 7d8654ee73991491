package io.alidade.model.transformer;

import io.alidade.model.transformer.AttentionPlan.Block;
import io.alidade.tensor.Attention;
import io.alidade.tensor.Attention.Mask;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Attention over packed sequences, block by block.
///
/// Queries, keys and values come rotated and side by side: `[rows, (heads + 2 · keyHeads) ·
/// headDim]`. In the last layer only the last token of each sequence asks.
///
/// @param window see [io.alidade.model.LayerAttention]
public record PackedAttention(AttentionHeads shape, int window) {

  /// What [#backward] needs beside the input.
  ///
  /// @param rows the output, `[rows, heads · headDim]`
  /// @param logSums of each block, as [Attention.Attended]; none where scores have a cap
  public record Attended(Tensor rows, List<Tensor> logSums) {
    public Attended {
      logSums = List.copyOf(logSums);
    }

    /// All that is kept.
    public List<Tensor> tensors() {
      var tensors = new ArrayList<>(logSums);
      tensors.add(rows);
      return tensors;
    }
  }

  /// Every row asks.
  public Attended forward(Tensor queryKeyValue, AttentionPlan plan) {
    Tensor output = Tensor.empty(queryKeyValue.dtype(), queryKeyValue.size(0), shape.queryWidth());
    var logSums = new ArrayList<Tensor>();
    for (Block block : plan.blocks()) {
      Attention.Attended attended = Attention.forward(inputs(queryKeyValue, block));
      output
          .narrow(0, block.start(), block.rows())
          .copyFrom(real(rows(attended.output(), block.tokens()), block));
      attended.logSums().ifPresent(logSums::add);
    }
    return new Attended(output, logSums);
  }

  /// The gradient of [#forward]'s input, given that of its output.
  public Tensor backward(
      Tensor queryKeyValue, Attended attended, Tensor gradient, AttentionPlan plan) {
    Tensor result = Tensor.zeros(gradient.dtype(), queryKeyValue.shape());
    for (int i = 0; i < plan.blocks().size(); i++) {
      Block block = plan.blocks().get(i);
      Optional<Tensor> logSums =
          attended.logSums.isEmpty() ? Optional.empty() : Optional.of(attended.logSums.get(i));
      Attention.Gradients gradients =
          Attention.backward(
              inputs(queryKeyValue, block),
              new Attention.Attended(outputHeads(attended.rows, block), logSums),
              outputHeads(gradient, block));
      Tensor target = result.narrow(0, block.start(), block.rows());
      addOwn(gradients.query(), 0, block, target);
      addKeys(gradients, block, target, result);
    }
    return result;
  }

  /// A block's part of what is as wide as the output, with zeros where it is padded.
  private Tensor outputHeads(Tensor rows, Block block) {
    Tensor padded = padWithZeros(rows.narrow(0, block.start(), block.rows()), block);
    return heads(padded, block, 0, shape.heads());
  }

  /// Only last tokens ask: query `[sequences, heads · headDim]` in the sequences' order, keys and
  /// values `[rows, 2 · keyHeads · headDim]` → `[sequences, heads · headDim]`.
  public Tensor forwardLast(Tensor query, Tensor keyValue, AttentionPlan plan) {
    Tensor output = Tensor.empty(query.dtype(), query.shape());
    for (Block block : plan.blocks()) {
      if (asks(block)) {
        LastInputs inputs = lastInputs(query, keyValue, block);
        Tensor attended = Attention.forward(inputs.ofLast).output();
        output.setRows(inputs.sequences, attended.reshape(block.sequences(), query.size(1)));
      }
    }
    return output;
  }

  /// Gradients of queries and of keys with values.
  public record LastGradients(Tensor query, Tensor keyValue) {}

  public LastGradients backwardLast(
      Tensor query, Tensor keyValue, Tensor gradient, AttentionPlan plan) {
    Tensor queryResult = Tensor.empty(query.dtype(), query.shape());
    Tensor result = Tensor.zeros(gradient.dtype(), keyValue.shape());
    for (Block block : plan.blocks()) {
      if (!asks(block)) {
        continue;
      }
      LastInputs inputs = lastInputs(query, keyValue, block);
      Tensor rows = gradient.rows(inputs.sequences);
      Attention.Gradients gradients =
          Attention.backward(
              inputs.ofLast, rows.view(block.sequences(), shape.heads(), 1, shape.headDim()));
      queryResult.setRows(
          inputs.sequences, gradients.query().reshape(block.sequences(), query.size(1)));
      addKeys(gradients, block, result.narrow(0, block.start(), block.rows()), result);
    }
    return new LastGradients(queryResult, result);
  }

  private Mask mask(Block block, DType dtype) {
    return shape.causal() ? block.causal(dtype, window) : block.bidirectional(dtype, window);
  }

  private Attention.Scoring scoring() {
    return new Attention.Scoring(shape.scale(), shape.scoreCap());
  }

  private record LastInputs(Attention.Inputs ofLast, Tensor sequences) {}

  private static boolean asks(Block block) {
    return block.members().getFirst().sequence() != PackedTokens.Segment.SHARED;
  }

  private Attention.Inputs inputs(Tensor queryKeyValue, Block block) {
    Tensor own = padWithLast(queryKeyValue.narrow(0, block.start(), block.rows()), block);
    int firstKey = shape.heads();
    return new Attention.Inputs(
        heads(own, block, 0, shape.heads()),
        withPrefix(own, queryKeyValue, block, firstKey),
        withPrefix(own, queryKeyValue, block, firstKey + shape.keyHeads()),
        mask(block, queryKeyValue.dtype()),
        scoring());
  }

  private LastInputs lastInputs(Tensor query, Tensor keyValue, Block block) {
    Tensor sequences =
        Tensor.of(block.members().stream().mapToLong(PackedTokens.Segment::sequence).toArray());
    Tensor own = padWithLast(keyValue.narrow(0, block.start(), block.rows()), block);
    return new LastInputs(
        new Attention.Inputs(
            query.rows(sequences).view(block.sequences(), shape.heads(), 1, shape.headDim()),
            withPrefix(own, keyValue, block, 0),
            withPrefix(own, keyValue, block, shape.keyHeads()),
            block.lastTokens(query.dtype(), window),
            scoring()),
        sequences);
  }

  /// Key heads of the block's rows, behind those of its shared prefix.
  private Tensor withPrefix(Tensor own, Tensor all, Block block, int firstHead) {
    Tensor ownHeads = heads(own, block, firstHead, shape.keyHeads());
    if (block.prefix().isEmpty()) {
      return ownHeads;
    }
    PackedTokens.Segment prefix = block.prefix().get();
    Tensor shared =
        all.narrow(0, prefix.start(), prefix.length())
            .narrow(1, (long) firstHead * shape.headDim(), shape.keyWidth())
            .view(1, prefix.length(), shape.keyHeads(), shape.headDim())
            .transpose(1, 2)
            .expand(block.sequences(), shape.keyHeads(), prefix.length(), shape.headDim());
    return Tensor.concatenate(List.of(shared, ownHeads), 2);
  }

  /// `[sequences · tokens, …]` → `[sequences, heads, tokens, headDim]`.
  private Tensor heads(Tensor rows, Block block, int firstHead, int count) {
    return rows.narrow(1, (long) firstHead * shape.headDim(), (long) count * shape.headDim())
        .view(block.sequences(), block.tokens(), count, shape.headDim())
        .transpose(1, 2);
  }

  /// `[sequences, heads, tokens, headDim]` → `[sequences · tokens, heads · headDim]`.
  private static Tensor rows(Tensor heads, long tokens) {
    return heads.transpose(1, 2).reshape(heads.size(0) * tokens, heads.size(1) * heads.size(3));
  }

  private void addKeys(Attention.Gradients gradients, Block block, Tensor target, Tensor result) {
    boolean lastOnly = result.size(1) == 2L * shape.keyWidth();
    long firstColumn = lastOnly ? 0 : shape.queryWidth();
    addKey(gradients.key(), firstColumn, block, target, result);
    addKey(gradients.value(), firstColumn + shape.keyWidth(), block, target, result);
  }

  private void addKey(Tensor gradient, long column, Block block, Tensor target, Tensor result) {
    int shared = block.prefixLength();
    addOwn(gradient.narrow(2, shared, block.tokens()), column, block, target);
    if (block.prefix().isPresent()) {
      PackedTokens.Segment prefix = block.prefix().get();
      Tensor summed = gradient.narrow(2, 0, shared).sumFirst();
      result
          .narrow(0, prefix.start(), shared)
          .narrow(1, column, shape.keyWidth())
          .add(summed.transpose(0, 1).reshape(shared, shape.keyWidth()));
    }
  }

  private void addOwn(Tensor gradient, long column, Block block, Tensor target) {
    Tensor rows = real(rows(gradient, block.tokens()), block);
    target.narrow(1, column, rows.size(1)).copyFrom(rows);
  }

  private static Tensor padWithLast(Tensor rows, Block block) {
    return block.padding().map(padding -> rows.rows(padding.paddedFromReal())).orElse(rows);
  }

  private static Tensor padWithZeros(Tensor rows, Block block) {
    return block
        .padding()
        .map(
            padding ->
                Tensor.zeros(rows.dtype(), (long) block.sequences() * block.tokens(), rows.size(1))
                    .setRows(padding.realFromPadded(), rows))
        .orElse(rows);
  }

  private static Tensor real(Tensor rows, Block block) {
    return block.padding().map(padding -> rows.rows(padding.realFromPadded())).orElse(rows);
  }
}
