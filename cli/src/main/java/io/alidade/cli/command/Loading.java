package io.alidade.cli.command;

import io.alidade.model.AttentionOverrides;
import io.alidade.model.LoadSettings;
import io.alidade.model.WeightPlacement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/// The options that say how a model is loaded.
final class Loading {
  @Option(
      names = "--weights",
      paramLabel = "auto|loaded|mapped",
      description =
          "Where weights are: loaded as float32, or mapped from their files and converted as they"
              + " are used, which takes little memory and is slower (default: mapped if loaded they"
              + " would take more than half of the memory).")
  private WeightPlacement weights = WeightPlacement.AUTO;

  @Option(
      names = "--bidirectional",
      description = "Let tokens see those behind them, in a model made to see those before.")
  private boolean bidirectional;

  @Option(
      names = "--window",
      paramLabel = "TOKENS",
      description = "Width of attention windows, 0 for none, in a model that has some.")
  private Optional<Integer> window = Optional.empty();

  @Option(
      names = "--rope-base",
      paramLabel = "BASE",
      description = "Base of RoPE's wavelengths, in place of the model's own.")
  private Optional<Double> ropeBase = Optional.empty();

  @Option(
      names = "--max-tokens",
      paramLabel = "TOKENS",
      description = "Cut texts to this length, in place of the model's own.")
  private Optional<Integer> maxTokens = Optional.empty();

  LoadSettings settings() {
    return new LoadSettings(
        weights,
        new AttentionOverrides(
            bidirectional,
            window.map(OptionalInt::of).orElseGet(OptionalInt::empty),
            ropeBase.map(OptionalDouble::of).orElseGet(OptionalDouble::empty)),
        maxTokens.map(OptionalInt::of).orElseGet(OptionalInt::empty));
  }

  /// What scores depend on, by the options' names; empty if nothing was given.
  Map<String, String> given() {
    var given = new LinkedHashMap<String, String>();
    if (bidirectional) {
      given.put("bidirectional", "true");
    }
    window.ifPresent(width -> given.put("window", width.toString()));
    ropeBase.ifPresent(base -> given.put("rope_base", base.toString()));
    maxTokens.ifPresent(tokens -> given.put("max_tokens", tokens.toString()));
    return given;
  }
}
