package io.alidade.model;

import com.google.errorprone.annotations.FormatMethod;
import io.alidade.model.rope.RopeConfig;
import io.alidade.model.transformer.Activation;
import io.alidade.model.transformer.AttentionHeads;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// The shape of a transformer whose tokens see all of their text: BERT and its descendants. What
/// sets one family apart from another is a value in here, not a class.
///
/// @param layers number of layers
/// @param hidden width of the residual stream; a multiple of `heads`
/// @param heads heads of query, key and value alike
/// @param intermediate width inside the feed-forward part
/// @param vocabulary number of tokens
/// @param maxPositions tokens of the longest text the model was made for
/// @param padding the token for padding
/// @param positions the positions added to embeddings, where they are learned
/// @param tokenTypes rows of the matrix of token types, of which texts take the first; 0 for none
/// @param attention what differs between layers, one entry a layer
/// @param feedForward what differs in the feed-forward part
/// @param attentionBias whether the linear maps of attention have biases
/// @param norms the normalisations
/// @param naming how files name the weights
public record EncoderConfig(
    int layers,
    int hidden,
    int heads,
    int intermediate,
    int vocabulary,
    int maxPositions,
    OptionalInt padding,
    Optional<LearnedPositions> positions,
    int tokenTypes,
    List<LayerAttention> attention,
    FeedForward feedForward,
    boolean attentionBias,
    Norms norms,
    Naming naming)
    implements TransformerConfig {

  /// A matrix of positions.
  ///
  /// @param rows its rows
  /// @param first the row of a text's first token. RoBERTa's is the one behind that of the padding
  ///   token, whose id is its row: where a text spells that token, it takes this row and is not
  ///   counted
  public record LearnedPositions(int rows, int first) {
    public LearnedPositions {
      require(first >= 0, "first position %d is below 0", first);
      require(rows > first, "%d positions are none behind the first %d", rows, first);
    }
  }

  /// What differs in the feed-forward part.
  ///
  /// @param activation its function
  /// @param gated whether it is `out(activation(a) ⊙ b)` of the halves `a` and `b` of the first
  ///   map's values, and not `out(activation(a))` of all of them
  /// @param bias whether its linear maps have biases
  public record FeedForward(Activation activation, boolean gated, boolean bias) {}

  /// The layer normalisations. Embeddings are always normalised.
  ///
  /// @param epsilon added to the variance before its root is taken
  /// @param bias whether they have biases
  /// @param before whether a block's input is normalised, except the first one's, and what leaves
  ///   the last block; else what each block leaves in the residual stream is
  public record Norms(double epsilon, boolean bias, boolean before) {}

  /// How files name the weights.
  public enum Naming {
    /// As `BertModel`: `encoder.layer.0.attention.self.query`.
    BERT,
    /// As `ModernBertModel`: `layers.0.attn.Wqkv`, which holds query, key and value.
    MODERN_BERT
  }

  public EncoderConfig {
    attention = List.copyOf(attention);
    requirePositive("layers", layers);
    requirePositive("hidden", hidden);
    requirePositive("heads", heads);
    requirePositive("intermediate", intermediate);
    requirePositive("vocabulary", vocabulary);
    requirePositive("maxPositions", maxPositions);
    require(tokenTypes >= 0, "tokenTypes is %d; it must be at least 0", tokenTypes);
    require(hidden % heads == 0, "hidden %d is no multiple of heads %d", hidden, heads);
    require(
        norms.epsilon() > 0 && norms.epsilon() < 1,
        "layerNormEpsilon %s is not between 0 and 1",
        norms.epsilon());
    require(
        attention.size() == layers,
        "attention is given for %d layers of %d",
        attention.size(),
        layers);
  }

  public int headDim() {
    return hidden / heads;
  }

  /// The heads of all layers.
  public AttentionHeads attentionHeads() {
    return new AttentionHeads(heads, heads, headDim(), 1 / Math.sqrt(headDim()), 0, false);
  }

  /// The kinds of rotation that occur in the layers.
  public Set<RopeConfig> ropes() {
    var ropes = new LinkedHashSet<RopeConfig>();
    attention.forEach(layer -> layer.rope().ifPresent(ropes::add));
    return ropes;
  }

  /// Never: all tokens see all of their text.
  @Override
  public boolean sharesPrefixes() {
    return false;
  }

  @Override
  public OptionalInt tokenLimit() {
    return positions.isPresent() ? OptionalInt.of(maxPositions) : OptionalInt.empty();
  }

  private static void requirePositive(String name, int value) {
    require(value > 0, "%s is %d; it must be at least 1", name, value);
  }

  @FormatMethod
  private static void require(boolean condition, String problem, Object... values) {
    if (!condition) {
      throw new IllegalArgumentException(problem.formatted(values));
    }
  }
}
