package io.alidade.onnx.export;

import java.util.List;
import java.util.OptionalInt;

/// What `config.json` says of an encoder, by family.
sealed interface EncoderConfig {

  /// What all families have.
  Common common();

  /// The shape, and what no family does differently.
  ///
  /// @param epsilon of the layer norms
  record Common(
      int layers,
      int hidden,
      int heads,
      int intermediate,
      int vocabulary,
      double epsilon,
      Activation activation) {
    public Common {
      if (layers < 1 || hidden < 1 || heads < 1 || intermediate < 1 || vocabulary < 1) {
        throw new IllegalArgumentException(
            "layers, hidden, heads, intermediate and vocabulary are %d, %d, %d, %d and %d"
                .formatted(layers, hidden, heads, intermediate, vocabulary));
      }
      if (hidden % heads != 0) {
        throw new IllegalArgumentException(
            "hidden %d is no multiple of heads %d".formatted(hidden, heads));
      }
    }

    int headDim() {
      return hidden / heads;
    }
  }

  /// BERT and RoBERTa: learned positions, norms behind each block.
  ///
  /// @param positions rows of the matrix of positions
  /// @param types rows of the matrix of token types
  /// @param positionsAfter of RoBERTa, the padding id: its tokens are numbered from the id behind
  ///   it, and count only tokens that are no padding; none for BERT, where positions are indices
  ///   and token types are an input
  record Bert(Common common, int positions, int types, OptionalInt positionsAfter)
      implements EncoderConfig {}

  /// ModernBERT: rotary positions, norms before each block, gated feed-forward parts.
  ///
  /// @param global for each layer whether it sees the whole text
  /// @param reach how far to each side the other layers see
  /// @param globalTheta RoPE's base in global layers
  /// @param localTheta RoPE's base in the others
  record ModernBert(
      Common common,
      boolean normBias,
      boolean attentionBias,
      boolean mlpBias,
      List<Boolean> global,
      int reach,
      double globalTheta,
      double localTheta)
      implements EncoderConfig {
    public ModernBert {
      global = List.copyOf(global);
      if (global.size() != common.layers()) {
        throw new IllegalArgumentException(
            "%d layer types for %d layers".formatted(global.size(), common.layers()));
      }
      if (common.headDim() % 2 != 0) {
        throw new IllegalArgumentException(
            "heads of %d dimensions cannot be rotated in pairs".formatted(common.headDim()));
      }
    }
  }
}
