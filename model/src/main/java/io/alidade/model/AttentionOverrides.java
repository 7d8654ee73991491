package io.alidade.model;

import io.alidade.core.UsageException;
import io.alidade.model.DecoderConfig.AttentionConfig;
import io.alidade.model.rope.RopeConfig;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/// What of a model's attention is another on loading than its files say, to measure what it is
/// worth: the vectors are those of another model.
///
/// @param bidirectional whether tokens see those behind them too, as transformers' `is_causal:
///   false` has it: a window of `w` then reaches `w` tokens to each side
/// @param window the width for layers that have one, 0 for none; see [LayerAttention#window]
/// @param ropeBase the base of RoPE's wavelengths; where layers differ in theirs (Gemma 3), that of
///   the layers without a window
public record AttentionOverrides(
    boolean bidirectional, OptionalInt window, OptionalDouble ropeBase) {
  /// The model as its files say.
  public static final AttentionOverrides NONE =
      new AttentionOverrides(false, OptionalInt.empty(), OptionalDouble.empty());

  public AttentionOverrides {
    if (window.isPresent() && window.getAsInt() < 0) {
      throw new UsageException("the window is %d; at least 0".formatted(window.getAsInt()));
    }
    if (ropeBase.isPresent() && !(ropeBase.getAsDouble() > 1)) {
      throw new UsageException("RoPE's base is %s; over 1".formatted(ropeBase.getAsDouble()));
    }
  }

  /// Only [#bidirectional].
  public static AttentionOverrides ofBidirectional() {
    return new AttentionOverrides(true, NONE.window, NONE.ropeBase);
  }

  /// The configuration with these changes.
  ///
  /// @throws UsageException if the model has nothing that is to be changed
  public TransformerConfig apply(TransformerConfig config) {
    if (equals(NONE)) {
      return config;
    }
    return switch (config) {
      case DecoderConfig decoder -> apply(decoder);
      case EncoderConfig _ ->
          throw new UsageException(
              "the attention of encoders cannot be changed on loading; leave it out");
    };
  }

  /// As [#apply(TransformerConfig)], of a decoder.
  public DecoderConfig apply(DecoderConfig config) {
    AttentionConfig attention = config.attention();
    boolean windowed = attention.layers().stream().anyMatch(AttentionOverrides::hasWindow);
    if (window.isPresent() && !windowed) {
      throw new UsageException(
          "no layer of this model has a window that could be changed; leave it out");
    }
    boolean turned = bidirectional && attention.causal();
    Optional<RopeConfig> changed =
        ropeBase.isPresent() ? Optional.of(rope(config)) : Optional.empty();
    List<LayerAttention> layers =
        attention.layers().stream()
            .map(layer -> new LayerAttention(window(layer, turned), rope(layer, changed)))
            .toList();
    return config.withAttention(attention.with(attention.causal() && !bidirectional, layers));
  }

  private static boolean hasWindow(LayerAttention layer) {
    return layer.window() != LayerAttention.ALL;
  }

  private int window(LayerAttention layer, boolean turned) {
    int width = hasWindow(layer) ? window.orElse(layer.window()) : LayerAttention.ALL;
    // A window counts the token itself, a reach does not.
    return turned && width != LayerAttention.ALL ? width + 1 : width;
  }

  /// The kind of rotation whose base is changed.
  private static RopeConfig rope(DecoderConfig config) {
    Set<RopeConfig> ropes = config.ropes();
    return config.attention().layers().stream()
        .filter(layer -> ropes.size() == 1 || !hasWindow(layer))
        .flatMap(layer -> layer.rope().stream())
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    "no layer of this model has a RoPE base that could be changed; leave it out"));
  }

  private Optional<RopeConfig> rope(LayerAttention layer, Optional<RopeConfig> changed) {
    return changed.isPresent() && layer.rope().equals(changed)
        ? changed.map(rope -> new RopeConfig(ropeBase.orElseThrow(), rope.dims(), rope.scaling()))
        : layer.rope();
  }
}
