package io.alidade.model.head;

import io.alidade.model.transformer.PackedTokens;
import io.alidade.model.transformer.PackedTokens.Segment;
import io.alidade.model.transformer.PassSettings;
import io.alidade.model.transformer.TrainedWeights;
import io.alidade.model.transformer.TrainingPass;
import io.alidade.model.transformer.Transformer;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.Arrays;
import java.util.Optional;

/// A training pass whose states are pooled to one vector a text, `[sequences, hidden]`: a sum of
/// its tokens' states with weights that depend on their number alone.
public final class PooledPass implements TrainingPass {
  private final Pooling pooling;
  private final PackedTokens packed;
  private final TrainingPass states;
  private final Tensor output;

  private PooledPass(Pooling pooling, PackedTokens packed, TrainingPass states) {
    this.pooling = pooling;
    this.packed = packed;
    this.states = states;
    this.output = pool();
  }

  /// A forward pass in training. It must be closed, within the scope that is open now.
  ///
  /// @param pooling any but [Pooling#MAX], which is no such sum
  public static TrainingPass of(
      Pooling pooling,
      Transformer transformer,
      PackedTokens packed,
      TrainedWeights trained,
      long dropoutSeed) {
    PassSettings settings = PassSettings.of(dropoutSeed);
    return of(pooling, Optional.empty(), transformer, packed, trained, settings);
  }

  /// As [#of(Pooling, Transformer, PackedTokens, TrainedWeights, long)], with a layer between the
  /// states and their pooling.
  public static TrainingPass of(
      Pooling pooling,
      Optional<TrainedLatents> latents,
      Transformer transformer,
      PackedTokens packed,
      TrainedWeights trained,
      PassSettings settings) {
    return switch (pooling) {
      case LAST_TOKEN -> behind(transformer.trainLast(packed, trained, settings), latents);
      case MEAN, CLS, MEAN_SQRT_LENGTH, WEIGHTED_MEAN ->
          new PooledPass(
              pooling, packed, behind(transformer.trainAll(packed, trained, settings), latents));
      case MAX -> throw new IllegalArgumentException("pooling by largest values is not trained");
    };
  }

  private static TrainingPass behind(TrainingPass states, Optional<TrainedLatents> latents) {
    return latents.<TrainingPass>map(layer -> new LatentPass(states, layer)).orElse(states);
  }

  /// A text's own rows, and those of the prefix it shares.
  private record Text(Segment own, Optional<Segment> prefix) {
    static Text of(Segment segment, PackedTokens packed) {
      return new Text(
          segment,
          segment.prefix() == Segment.NO_PREFIX
              ? Optional.empty()
              : Optional.of(packed.segments().get(segment.prefix())));
    }

    int shared() {
      return prefix.map(Segment::length).orElse(0);
    }

    int tokens() {
      return shared() + own.length();
    }
  }

  private Tensor pool() {
    Tensor rows = states.output();
    Tensor result = Tensor.zeros(rows.dtype(), packed.sequences(), rows.size(1));
    for (Segment segment : packed.segments()) {
      if (segment.sequence() != Segment.SHARED) {
        Text text = Text.of(segment, packed);
        Tensor weights = weights(text.tokens(), rows.dtype());
        Tensor vector = result.narrow(0, segment.sequence(), 1);
        addRows(vector, weights.narrow(1, text.shared(), segment.length()), segment, rows);
        text.prefix().ifPresent(p -> addRows(vector, weights.narrow(1, 0, p.length()), p, rows));
      }
    }
    return result;
  }

  private static void addRows(Tensor vector, Tensor weights, Segment segment, Tensor rows) {
    vector.addMatmul(weights, rows.narrow(0, segment.start(), segment.length()), 1.0);
  }

  @Override
  public Tensor output() {
    return output;
  }

  @Override
  public void backward(Tensor gradientOutput) {
    try (var _ = TensorScope.open()) {
      states.backward(gradientOfRows(gradientOutput));
    }
  }

  /// A shared prefix gets the sum over the texts that share it.
  private Tensor gradientOfRows(Tensor gradient) {
    Tensor result = Tensor.zeros(gradient.dtype(), packed.rows(), gradient.size(1));
    for (Segment segment : packed.segments()) {
      if (segment.sequence() != Segment.SHARED) {
        Text text = Text.of(segment, packed);
        Tensor weights = weights(text.tokens(), gradient.dtype()).t();
        Tensor vector = gradient.narrow(0, segment.sequence(), 1);
        addGradient(result, weights.narrow(0, text.shared(), segment.length()), segment, vector);
        text.prefix()
            .ifPresent(p -> addGradient(result, weights.narrow(0, 0, p.length()), p, vector));
      }
    }
    return result;
  }

  private static void addGradient(Tensor rows, Tensor weights, Segment segment, Tensor vector) {
    rows.narrow(0, segment.start(), segment.length()).addMatmul(weights, vector, 1.0);
  }

  /// What the state of each token of a text counts: `[1, tokens]`.
  private Tensor weights(int tokens, DType dtype) {
    double[] weights = new double[tokens];
    switch (pooling) {
      case LAST_TOKEN -> weights[tokens - 1] = 1;
      case CLS -> weights[0] = 1;
      case MEAN -> Arrays.fill(weights, 1.0 / tokens);
      case MEAN_SQRT_LENGTH -> Arrays.fill(weights, 1 / Math.sqrt(tokens));
      case WEIGHTED_MEAN -> Arrays.setAll(weights, i -> (i + 1) / (tokens * (tokens + 1.0) / 2));
      case MAX -> throw new IllegalStateException("no pass is opened with this pooling");
    }
    return Tensor.of(weights, 1, tokens).to(dtype);
  }

  @Override
  public long keptBytes() {
    return states.keptBytes();
  }

  @Override
  public void close() {
    states.close();
  }
}
