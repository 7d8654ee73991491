package io.alidade.model.head;

import io.alidade.tensor.Tensor;
import java.util.Locale;

/// How the states of a text's tokens become a vector. Special tokens and template count as tokens.
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

  /// Its name for people, such as `last token`.
  public String words() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /// `[tokens, hidden]` → `[1, hidden]`, without the first `skipped` tokens, whose positions still
  /// count.
  Tensor pool(Tensor text, int skipped) {
    long tokens = text.size(0) - skipped;
    Tensor counted = text.narrow(0, skipped, tokens);
    return switch (this) {
      case LAST_TOKEN -> counted.narrow(0, tokens - 1, 1);
      case CLS -> counted.narrow(0, 0, 1);
      case MAX -> row(counted.maxFirst());
      case MEAN -> row(counted.sumFirst()).timesInPlace(1.0 / tokens);
      case MEAN_SQRT_LENGTH -> row(counted.sumFirst()).timesInPlace(1 / Math.sqrt((double) tokens));
      case WEIGHTED_MEAN -> weightedMean(counted, skipped);
    };
  }

  private static Tensor row(Tensor values) {
    return values.view(1, values.size(0));
  }

  private static Tensor weightedMean(Tensor counted, int skipped) {
    double[] weights = new double[(int) counted.size(0)];
    double total = weights.length * (2.0 * skipped + weights.length + 1) / 2;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (skipped + i + 1) / total;
    }
    return Tensor.of(weights, 1, weights.length).to(counted.dtype()).matmul(counted);
  }
}
