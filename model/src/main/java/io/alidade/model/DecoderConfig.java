package io.alidade.model;

import com.google.errorprone.annotations.FormatMethod;
import io.alidade.model.rope.RopeConfig;
import io.alidade.model.transformer.Activation;
import io.alidade.model.transformer.AttentionHeads;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// The shape of a decoder-only transformer with RMSNorm, rotary positions, grouped-query attention
/// and a gated feed-forward part. What sets one family apart from another is a value in here, not a
/// class.
///
/// @param layers number of layers
/// @param hidden width of the residual stream
/// @param heads query heads; a multiple of `keyHeads`
/// @param keyHeads key and value heads
/// @param headDim width of a head; even, as RoPE rotates its halves against each other
/// @param intermediate width inside the feed-forward part
/// @param vocabulary number of tokens
/// @param maxPositions the longest sequence the model was made for
/// @param tiedEmbeddings whether the output layer is the transposed embedding
/// @param attention what differs in attention
/// @param activation the gate's function in `down(activation(gate(x)) ⊙ up(x))`
/// @param feedForwardBias whether the feed-forward maps have biases
/// @param norms the normalisations
/// @param embeddingScale what token embeddings are multiplied by; 1 but for Gemma
/// @param fusedMaps whether files hold query, key and value as one matrix, and gate and up (Phi-3)
public record DecoderConfig(
    int layers,
    int hidden,
    int heads,
    int keyHeads,
    int headDim,
    int intermediate,
    int vocabulary,
    int maxPositions,
    boolean tiedEmbeddings,
    AttentionConfig attention,
    Activation activation,
    boolean feedForwardBias,
    Norms norms,
    double embeddingScale,
    boolean fusedMaps)
    implements TransformerConfig {

  /// The root-mean-square normalisations.
  ///
  /// @param epsilon added to the mean square before its root is taken
  /// @param offset added to the stored weights: 1 in Gemma, else 0
  /// @param afterBlocks whether attention and feed-forward outputs are normalised too before they
  ///   are added to the residual stream (Gemma 2 and 3)
  public record Norms(double epsilon, double offset, boolean afterBlocks) {}

  /// What differs in attention.
  ///
  /// @param inputBias whether query, key and value maps have biases
  /// @param outputBias whether the output map has one
  /// @param headNorms whether each head of query and key is normalised before its rotation
  /// @param scale the factor of the scores, mostly `1/√headDim`
  /// @param scoreCap scores pass through `cap · tanh(score / cap)`; 0 for none
  /// @param causal whether a token sees only itself and those before it; else all of its text
  /// @param layers what differs between layers, one entry a layer
  public record AttentionConfig(
      boolean inputBias,
      boolean outputBias,
      boolean headNorms,
      double scale,
      double scoreCap,
      boolean causal,
      List<LayerAttention> layers) {
    public AttentionConfig {
      layers = List.copyOf(layers);
      require(scale > 0, "attention scale %s is not over 0", scale);
      require(scoreCap >= 0, "attention score cap %s is below 0", scoreCap);
    }

    /// The same with another direction and other layers.
    AttentionConfig with(boolean otherCausal, List<LayerAttention> otherLayers) {
      return new AttentionConfig(
          inputBias, outputBias, headNorms, scale, scoreCap, otherCausal, otherLayers);
    }
  }

  public DecoderConfig {
    requirePositive("layers", layers);
    requirePositive("hidden", hidden);
    requirePositive("heads", heads);
    requirePositive("keyHeads", keyHeads);
    requirePositive("headDim", headDim);
    requirePositive("intermediate", intermediate);
    requirePositive("vocabulary", vocabulary);
    requirePositive("maxPositions", maxPositions);
    require(heads % keyHeads == 0, "heads %d is no multiple of keyHeads %d", heads, keyHeads);
    require(headDim % 2 == 0, "headDim %d is odd; RoPE needs an even one", headDim);
    require(
        norms.epsilon() > 0 && norms.epsilon() < 1,
        "rmsNormEpsilon %s is not between 0 and 1",
        norms.epsilon());
    require(
        attention.layers().size() == layers,
        "attention is given for %d layers of %d",
        attention.layers().size(),
        layers);
  }

  /// A decoder of the Llama family without biases or windows.
  ///
  /// @param ropeTheta base of RoPE's wavelengths
  public static DecoderConfig llama(
      int layers,
      int hidden,
      int heads,
      int keyHeads,
      int headDim,
      int intermediate,
      int vocabulary,
      int maxPositions,
      double ropeTheta,
      double rmsNormEpsilon,
      boolean tiedEmbeddings) {
    requirePositive("layers", layers);
    requirePositive("headDim", headDim);
    var everywhere =
        new LayerAttention(LayerAttention.ALL, Optional.of(RopeConfig.plain(ropeTheta, headDim)));
    return new DecoderConfig(
        layers,
        hidden,
        heads,
        keyHeads,
        headDim,
        intermediate,
        vocabulary,
        maxPositions,
        tiedEmbeddings,
        new AttentionConfig(
            false,
            false,
            false,
            1 / Math.sqrt(headDim),
            0,
            true,
            Collections.nCopies(layers, everywhere)),
        Activation.SILU,
        false,
        new Norms(rmsNormEpsilon, 0, false),
        1,
        false);
  }

  /// The same decoder with another attention.
  DecoderConfig withAttention(AttentionConfig other) {
    return new DecoderConfig(
        layers,
        hidden,
        heads,
        keyHeads,
        headDim,
        intermediate,
        vocabulary,
        maxPositions,
        tiedEmbeddings,
        other,
        activation,
        feedForwardBias,
        norms,
        embeddingScale,
        fusedMaps);
  }

  /// The kinds of rotation that occur in the layers.
  public Set<RopeConfig> ropes() {
    var ropes = new LinkedHashSet<RopeConfig>();
    attention.layers().forEach(layer -> layer.rope().ifPresent(ropes::add));
    return ropes;
  }

  /// The heads of all layers.
  public AttentionHeads attentionHeads() {
    return new AttentionHeads(
        heads, keyHeads, headDim, attention.scale(), attention.scoreCap(), attention.causal());
  }

  /// None: rotations go on beyond [#maxPositions], if not well.
  @Override
  public OptionalInt tokenLimit() {
    return OptionalInt.empty();
  }

  @Override
  public OptionalInt padding() {
    return OptionalInt.empty();
  }

  @Override
  public boolean sharesPrefixes() {
    return attention.causal()
        && ropes().stream().noneMatch(rope -> rope.scaling().dependsOnLength());
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
