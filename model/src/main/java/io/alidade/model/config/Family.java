package io.alidade.model.config;

import com.google.errorprone.annotations.Immutable;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The families of decoders that can be read, by `model_type`, with what their `config.json` does
/// not say because transformers has it in the family's code.
enum Family {
  LLAMA("llama", new Absent(0, 0, 1e-6, 10_000, 0)),
  MISTRAL("mistral", new Absent(8, 0, 1e-6, 10_000, 4096)),
  QWEN2("qwen2", new Absent(32, 0, 1e-6, 10_000, 4096), Trait.INPUT_BIAS),
  QWEN3("qwen3", new Absent(32, 128, 1e-6, 10_000, 4096), Trait.HEAD_NORMS),
  SMOLLM3("smollm3", new Absent(4, 0, 1e-6, 2_000_000, 0)),
  GEMMA("gemma", new Absent(16, 256, 1e-6, 10_000, 0), Trait.GEMMA),
  GEMMA2("gemma2", new Absent(4, 256, 1e-6, 10_000, 4096), Trait.GEMMA, Trait.NORMS_AFTER_BLOCKS),
  GEMMA3(
      "gemma3_text",
      new Absent(4, 256, 1e-6, 1_000_000, 4096),
      Trait.GEMMA,
      Trait.NORMS_AFTER_BLOCKS,
      Trait.HEAD_NORMS),
  PHI3("phi3", new Absent(0, 0, 1e-5, 10_000, 0), Trait.PARTIAL_ROTATION, Trait.FUSED_MAPS);

  /// What a key that is absent means.
  ///
  /// @param keyHeads `num_key_value_heads`; 0 for as many as there are heads
  /// @param headDim `head_dim`; 0 for `hidden_size / num_attention_heads`
  /// @param epsilon `rms_norm_eps`
  /// @param theta `rope_theta`
  /// @param window `sliding_window`; 0 for none
  @Immutable
  record Absent(int keyHeads, int headDim, double epsilon, double theta, int window) {}

  /// How a family differs from Llama.
  enum Trait {
    /// Query, key and value have biases and the output has none, whatever `attention_bias` says.
    INPUT_BIAS,
    /// Each head of query and key is normalised.
    HEAD_NORMS,
    /// Embeddings are scaled by `√hidden`, norm weights are offsets from 1, the gate is a GELU.
    GEMMA,
    /// The outputs of attention and feed-forward part are normalised too.
    NORMS_AFTER_BLOCKS,
    /// `partial_rotary_factor` is obeyed.
    PARTIAL_ROTATION,
    /// Query, key and value lie in one matrix, and so do gate and up.
    FUSED_MAPS
  }

  private final String modelType;
  private final Absent absent;

  @SuppressWarnings("ImmutableEnumChecker") // Set.of cannot be changed
  private final Set<Trait> traits;

  Family(String modelType, Absent absent, Trait... traits) {
    this.modelType = modelType;
    this.absent = absent;
    this.traits = Set.of(traits);
  }

  static Optional<Family> of(String modelType) {
    return Arrays.stream(values()).filter(f -> f.modelType.equals(modelType)).findFirst();
  }

  /// The supported values of `model_type`, for messages.
  static String names() {
    return Arrays.stream(values()).map(f -> f.modelType).collect(Collectors.joining(", "));
  }

  Absent absent() {
    return absent;
  }

  boolean has(Trait trait) {
    return traits.contains(trait);
  }
}
