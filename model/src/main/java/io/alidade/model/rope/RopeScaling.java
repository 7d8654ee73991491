package io.alidade.model.rope;

import java.util.List;

/// How a model changes RoPE's frequencies to read texts longer than those of its first training.
/// Names and defaults are those of `rope_scaling` in Hugging Face's `config.json`.
public sealed interface RopeScaling {

  /// The scaled frequencies, given the plain ones for `base`; the argument may be overwritten.
  double[] scale(double[] frequencies, double base, int length);

  /// The base of the wavelengths in a text of `length` tokens.
  default double base(double theta, int dims, int length) {
    return theta;
  }

  /// The factor of queries' and keys' lengths.
  default double amplitude() {
    return 1;
  }

  /// Whether the frequencies depend on the length of the text.
  default boolean dependsOnLength() {
    return false;
  }

  /// Plain RoPE.
  record None() implements RopeScaling {
    @Override
    public double[] scale(double[] frequencies, double base, int length) {
      return frequencies;
    }
  }

  /// Positions are divided by the factor.
  ///
  /// @see <a href="https://arxiv.org/abs/2306.15595">Chen et al., Position Interpolation, 2023</a>
  record Linear(double factor) implements RopeScaling {
    public Linear {
      requireFactor(factor);
    }

    @Override
    public double[] scale(double[] frequencies, double base, int length) {
      for (int i = 0; i < frequencies.length; i++) {
        frequencies[i] /= factor;
      }
      return frequencies;
    }
  }

  /// The base grows with texts that are longer than the model was made for.
  ///
  /// @param maxPositions the length up to which nothing changes
  record Dynamic(double factor, int maxPositions) implements RopeScaling {
    public Dynamic {
      requireFactor(factor);
    }

    @Override
    public double[] scale(double[] frequencies, double base, int length) {
      return frequencies;
    }

    @Override
    public double base(double theta, int dims, int length) {
      double stretch = factor * Math.max(length, maxPositions) / maxPositions - (factor - 1);
      return theta * Math.pow(stretch, dims / (dims - 2.0));
    }

    @Override
    public boolean dependsOnLength() {
      return true;
    }
  }

  /// Long wavelengths are stretched, short ones kept, those between blended: Llama 3.1.
  ///
  /// @param originalPositions the length of the first training
  record Llama3(double factor, double lowFrequency, double highFrequency, int originalPositions)
      implements RopeScaling {
    public Llama3 {
      requireFactor(factor);
    }

    @Override
    public double[] scale(double[] frequencies, double base, int length) {
      for (int i = 0; i < frequencies.length; i++) {
        double turns = originalPositions * frequencies[i] / (2 * Math.PI);
        double kept = Math.clamp((turns - lowFrequency) / (highFrequency - lowFrequency), 0.0, 1.0);
        frequencies[i] *= (1 - kept) / factor + kept;
      }
      return frequencies;
    }
  }

  /// Pairs that turn often within the first training's length are kept, those that turn seldom are
  /// stretched, with a ramp between, and scores are sharpened.
  ///
  /// @param betaFast turns above which a pair is kept
  /// @param betaSlow turns below which it is stretched
  /// @param truncate whether the ramp's ends are rounded outwards to whole pairs
  /// @see <a href="https://arxiv.org/abs/2309.00071">Peng et al., YaRN, 2023</a>
  record Yarn(
      double factor,
      double amplitude,
      double betaFast,
      double betaSlow,
      int originalPositions,
      boolean truncate)
      implements RopeScaling {
    private static final double NARROWEST_RAMP = 0.001;

    public Yarn {
      requireFactor(factor);
    }

    /// The amplitude that the paper recommends for a factor (section 3.4), times `scale`.
    public static double amplitude(double factor, double scale) {
      return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
    }

    @Override
    public double[] scale(double[] frequencies, double base, int length) {
      int dims = 2 * frequencies.length;
      double low = pair(betaFast, dims, base);
      double high = pair(betaSlow, dims, base);
      double first = Math.max(truncate ? Math.floor(low) : low, 0);
      double last = Math.min(truncate ? Math.ceil(high) : high, dims - 1.0);
      double width = first == last ? NARROWEST_RAMP : last - first;
      for (int i = 0; i < frequencies.length; i++) {
        double stretched = Math.clamp((i - first) / width, 0.0, 1.0);
        frequencies[i] *= stretched / factor + (1 - stretched);
      }
      return frequencies;
    }

    /// The pair, as a real number, that turns so often within the first training's length.
    private double pair(double turns, int dims, double base) {
      return dims * Math.log(originalPositions / (turns * 2 * Math.PI)) / (2 * Math.log(base));
    }
  }

  /// A factor for each pair, one list for texts up to the length of the first training and one for
  /// longer texts: Phi-3.
  ///
  /// @see <a href="https://arxiv.org/abs/2402.13753">Ding et al., LongRoPE, 2024</a>
  record LongRope(
      List<Double> shortFactors, List<Double> longFactors, int originalPositions, double amplitude)
      implements RopeScaling {
    public LongRope {
      shortFactors = List.copyOf(shortFactors);
      longFactors = List.copyOf(longFactors);
      if (shortFactors.size() != longFactors.size()) {
        throw new IllegalArgumentException(
            "longrope has %d short factors and %d long ones"
                .formatted(shortFactors.size(), longFactors.size()));
      }
    }

    /// The amplitude for a model stretched by `factor`.
    public static double amplitude(double factor, int originalPositions) {
      return factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(originalPositions));
    }

    int pairs() {
      return shortFactors.size();
    }

    @Override
    public double[] scale(double[] frequencies, double base, int length) {
      List<Double> factors = length > originalPositions ? longFactors : shortFactors;
      for (int i = 0; i < frequencies.length; i++) {
        frequencies[i] /= factors.get(i);
      }
      return frequencies;
    }

    @Override
    public boolean dependsOnLength() {
      return !shortFactors.equals(longFactors);
    }
  }

  private static void requireFactor(double factor) {
    if (!(factor > 0 && Double.isFinite(factor))) {
      throw new IllegalArgumentException("RoPE's factor %s is not over 0".formatted(factor));
    }
  }
}
