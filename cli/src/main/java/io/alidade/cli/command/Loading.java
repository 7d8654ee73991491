package io.alidade.cli.command;

import io.alidade.model.AttentionOverrides;
import io.alidade.model.LoadSettings;
import io.alidade.model.WeightPlacement;
import io.alidade.model.head.Pooling;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

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

  @Option(
      names = "--pooling",
      paramLabel = "last-token|mean|...",
      converter = PoolingName.class,
      description =
          "How the states of all tokens become a vector, in place of the model's own way:"
              + " last-token, mean, cls, max, mean-sqrt-length or weighted-mean.")
  private Optional<Pooling> pooling = Optional.empty();

  LoadSettings settings() {
    return new LoadSettings(
        weights,
        new AttentionOverrides(
            bidirectional,
            window.map(OptionalInt::of).orElseGet(OptionalInt::empty),
            ropeBase.map(OptionalDouble::of).orElseGet(OptionalDouble::empty)),
        maxTokens.map(OptionalInt::of).orElseGet(OptionalInt::empty),
        pooling);
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
    pooling.ifPresent(way -> given.put("pooling", PoolingName.of(way)));
    return given;
  }

  /// Poolings by the names that recipes have for them.
  private static final class PoolingName implements ITypeConverter<Pooling> {
    static String of(Pooling pooling) {
      return pooling.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public Pooling convert(String value) {
      return Arrays.stream(Pooling.values())
          .filter(pooling -> of(pooling).equals(value))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "\"%s\" is none of %s"
                          .formatted(
                              value,
                              Arrays.stream(Pooling.values())
                                  .map(PoolingName::of)
                                  .collect(Collectors.joining(", ")))));
    }
  }
}
