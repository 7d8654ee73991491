package io.alidade.model.head;

import io.alidade.model.decoder.PackedTokens;
import io.alidade.model.decoder.PackedTokens.Segment;
import io.alidade.tensor.Tensor;
import java.util.List;

/// How the states of a text's tokens become one vector. Special tokens and template count as
/// tokens.
public enum Pooling {
  /// The state of the last token, which is end-of-sequence: the paper's way for decoders.
  LAST_TOKEN("lasttoken"),
  /// The mean of all tokens' states.
  MEAN("mean_tokens"),
  /// The state of the first token.
  CLS("cls_token"),
  /// The largest value of each dimension.
  MAX("max_tokens"),
  /// The sum of all tokens' states over the square root of their number.
  MEAN_SQRT_LENGTH("mean_sqrt_len_tokens"),
  /// The mean with weights that grow with the position, `1, 2, 3, …`.
  ///
  /// @see <a href="https://arxiv.org/abs/2202.08904">Muennighoff, SGPT, 2022</a>, section 3.2
  WEIGHTED_MEAN("weightedmean_tokens");

  private final String label;

  Pooling(String label) {
    this.label = label;
  }

  /// Its name in the switches of sentence-transformers, `pooling_mode_…`.
  public String label() {
    return label;
  }

  /// The vector of each sequence, `[sequences, hidden]`, from the states of all rows.
  Tensor pool(PackedTokens packed, Tensor states) {
    Tensor result = Tensor.empty(states.dtype(), packed.sequences(), states.size(1));
    for (Segment segment : packed.segments()) {
      if (segment.sequence() != Segment.SHARED) {
        Tensor text = textStates(segment, packed, states);
        result.narrow(0, segment.sequence(), 1).copyFrom(pool(text).view(1, text.size(1)));
      }
    }
    return result;
  }

  /// The states of a sequence with those of the prefix it shares: `[tokens, hidden]`.
  private static Tensor textStates(Segment segment, PackedTokens packed, Tensor states) {
    Tensor own = states.narrow(0, segment.start(), segment.length());
    if (segment.prefix() == Segment.NO_PREFIX) {
      return own;
    }
    Segment prefix = packed.segments().get(segment.prefix());
    return Tensor.concatenate(List.of(states.narrow(0, prefix.start(), prefix.length()), own));
  }

  /// `[tokens, hidden]` → `[hidden]`.
  private Tensor pool(Tensor text) {
    long tokens = text.size(0);
    return switch (this) {
      case LAST_TOKEN -> text.narrow(0, tokens - 1, 1);
      case CLS -> text.narrow(0, 0, 1);
      case MAX -> text.maxFirst();
      case MEAN -> text.sumFirst().timesInPlace(1.0 / tokens);
      case MEAN_SQRT_LENGTH -> text.sumFirst().timesInPlace(1 / Math.sqrt((double) tokens));
      case WEIGHTED_MEAN -> weightedMean(text);
    };
  }

  private static Tensor weightedMean(Tensor text) {
    double[] weights = new double[(int) text.size(0)];
    double total = weights.length * (weights.length + 1.0) / 2;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (i + 1) / total;
    }
    return Tensor.of(weights, 1, weights.length).to(text.dtype()).matmul(text);
  }
}
