package io.alidade.model.export;

import io.alidade.core.AlidadeException;
import io.alidade.model.rope.RopeConfig;
import io.alidade.model.rope.RopeScaling;
import io.alidade.model.weights.GgufArchitecture;
import io.alidade.model.weights.GgufTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// RoPE's settings as metadata of a GGUF file, keys without the architecture, and as tensors of
/// factors where llama.cpp knows no formula.
///
/// @param maxTokens the most tokens of a text
record GgufRopeScaling(GgufArchitecture architecture, RopeConfig rope, int maxTokens) {
  private static final String FACTORS = "rope_freqs.weight";
  private static final double TOLERANCE = 1e-5;

  /// YaRN's betas, which most of llama.cpp's architectures have compiled in.
  private static final double YARN_FAST = 32;

  private static final double YARN_SLOW = 1;

  Map<String, Object> metadata() {
    var metadata = new LinkedHashMap<String, Object>();
    metadata.put("rope.freq_base", (float) rope.theta());
    metadata.put("rope.dimension_count", rope.dims());
    switch (rope.scaling()) {
      case RopeScaling.None _, RopeScaling.Llama3 _ -> {}
      case RopeScaling.Linear(double factor) -> {
        metadata.put("rope.scaling.type", "linear");
        metadata.put("rope.scaling.factor", (float) factor);
      }
      case RopeScaling.Yarn yarn -> {
        if (yarn.betaFast() != YARN_FAST || yarn.betaSlow() != YARN_SLOW) {
          throw refused("yarn with betas %s and %s".formatted(yarn.betaFast(), yarn.betaSlow()));
        }
        metadata.put("rope.scaling.type", "yarn");
        metadata.put("rope.scaling.factor", (float) yarn.factor());
        metadata.put("rope.scaling.original_context_length", yarn.originalPositions());
      }
      case RopeScaling.LongRope longRope -> {
        if (architecture == GgufArchitecture.PHI3) {
          metadata.put("rope.scaling.original_context_length", longRope.originalPositions());
          metadata.put("rope.scaling.attn_factor", (float) longRope.amplitude());
        }
      }
      case RopeScaling.Dynamic _ -> throw refused("dynamic");
    }
    return metadata;
  }

  List<GgufTensor> factors() {
    return switch (rope.scaling()) {
      case RopeScaling.Llama3 llama3 -> {
        requireFactors("llama3");
        yield List.of(GgufTensor.of(FACTORS, divisors(llama3)));
      }
      case RopeScaling.LongRope longRope -> longFactors(longRope);
      case RopeScaling.None _, RopeScaling.Linear _, RopeScaling.Yarn _, RopeScaling.Dynamic _ ->
          List.of();
    };
  }

  private List<GgufTensor> longFactors(RopeScaling.LongRope longRope) {
    if (architecture == GgufArchitecture.PHI3) {
      return List.of(
          GgufTensor.of(
              "rope_factors_long.weight",
              array(hasLongTexts(longRope) ? longRope.longFactors() : longRope.shortFactors())),
          GgufTensor.of("rope_factors_short.weight", array(longRope.shortFactors())));
    }
    requireFactors("longrope");
    if (longRope.dependsOnLength() || longRope.amplitude() != 1) {
      throw refused("longrope");
    }
    return List.of(GgufTensor.of(FACTORS, array(longRope.shortFactors())));
  }

  /// llama.cpp takes the long factors whenever its context is long, however short the text is, so
  /// that they are written only for a model whose texts can be as long.
  private boolean hasLongTexts(RopeScaling.LongRope longRope) {
    return maxTokens > longRope.originalPositions();
  }

  Optional<String> warning() {
    return rope.scaling() instanceof RopeScaling.LongRope longRope
            && longRope.dependsOnLength()
            && hasLongTexts(longRope)
        ? Optional.of(
            "llama.cpp chooses RoPE's factors by the length of its context, not of the text: give"
                + " it a context of at most %d tokens (-c), or vectors of shorter texts differ"
                    .formatted(longRope.originalPositions()))
        : Optional.empty();
  }

  /// Other architectures of llama.cpp leave the tensor unread.
  private void requireFactors(String scaling) {
    if (architecture != GgufArchitecture.LLAMA) {
      throw refused(scaling);
    }
  }

  private AlidadeException refused(String scaling) {
    return new AlidadeException(
        "RoPE scaling of type \"%s\" cannot be written to GGUF for architecture %s: llama.cpp has none"
            .formatted(scaling, architecture.label()));
  }

  /// By what each pair's frequency is divided.
  private double[] divisors(RopeScaling scaling) {
    double[] plain = plain(rope, 1);
    double[] scaled = scaling.scale(plain.clone(), rope.theta(), 1);
    return IntStream.range(0, plain.length).mapToDouble(i -> plain[i] / scaled[i]).toArray();
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double[] plain(RopeConfig rope, int length) {
    double base = rope.scaling().base(rope.theta(), rope.dims(), length);
    return IntStream.range(0, rope.dims() / 2)
        .mapToDouble(i -> Math.pow(base, -2.0 * i / rope.dims()))
        .toArray();
  }

  /// Whether two settings turn pairs by the same angles in texts of up to so many tokens, however
  /// they say it.
  static boolean turnAlike(RopeConfig left, RopeConfig right, int maxTokens) {
    return left.dims() == right.dims()
        && alike(left.scaling().amplitude(), right.scaling().amplitude())
        && turnAlikeAt(1, left, right)
        && turnAlikeAt(maxTokens, left, right);
  }

  private static boolean turnAlikeAt(int length, RopeConfig left, RopeConfig right) {
    double[] ofLeft = frequencies(left, length);
    double[] ofRight = frequencies(right, length);
    return IntStream.range(0, ofLeft.length).allMatch(i -> alike(ofLeft[i], ofRight[i]));
  }

  private static double[] frequencies(RopeConfig rope, int length) {
    return rope.scaling().scale(plain(rope, length), rope.theta(), length);
  }

  private static boolean alike(double left, double right) {
    return Math.abs(left - right) <= TOLERANCE * Math.abs(left);
  }
}
