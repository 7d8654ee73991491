package io.alidade.model.weights;

import io.alidade.core.DataException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The models that GGUF files hold, by `general.architecture`, with how their tensors there differ
/// from Hugging Face's: in their names, in the order of rows and in the norms' weights.
public enum GgufArchitecture {
  LLAMA("llama", Trait.PAIRED_ROWS),
  QWEN2("qwen2"),
  QWEN3("qwen3", Trait.HEAD_NORMS),
  SMOLLM3("smollm3", Trait.PAIRED_ROWS),
  GEMMA("gemma", Trait.WHOLE_NORMS),
  GEMMA2("gemma2", Trait.WHOLE_NORMS, Trait.NORMS_AFTER_BLOCKS),
  GEMMA3("gemma3", Trait.WHOLE_NORMS, Trait.NORMS_AFTER_BLOCKS, Trait.HEAD_NORMS),
  GEMMA_EMBEDDING("gemma-embedding", Trait.WHOLE_NORMS, Trait.NORMS_AFTER_BLOCKS, Trait.HEAD_NORMS),
  PHI3("phi3", Trait.FUSED_MAPS),
  /// BERT; RoBERTa too, whose files leave out the positions that no token has.
  BERT("bert", Trait.ENCODER);

  /// The metadata key of the architecture.
  public static final String KEY = "general.architecture";

  /// What differs from the plainest case.
  enum Trait {
    /// Within a head, the two rows of query and key that RoPE turns against each other lie side by
    /// side (`2j`, `2j + 1`); Hugging Face keeps them half a head apart (`j`, `j + headDim/2`).
    PAIRED_ROWS,
    /// Each head of query and key is normalised.
    HEAD_NORMS,
    /// Norms' weights are what multiplies; Hugging Face stores them less 1.
    WHOLE_NORMS,
    /// The outputs of attention and feed-forward part are normalised too.
    NORMS_AFTER_BLOCKS,
    /// Query, key and value lie in one matrix, and so do gate and up.
    FUSED_MAPS,
    /// BERT's layers and names.
    ENCODER
  }

  private static final Pattern LAYER = Pattern.compile("blk\\.(\\d+)\\.(\\w+)\\.(weight|bias)");
  private static final Pattern PLAIN_LAYER =
      Pattern.compile("(?:encoder\\.layer|layers)\\.(\\d+)\\.(.+)\\.(weight|bias)");

  private static final Map<String, String> WHOLE =
      Map.of(
          "token_embd.weight", "embed_tokens.weight",
          "output_norm.weight", "norm.weight",
          "output.weight", "lm_head.weight");

  private static final Map<String, String> WHOLE_OF_ENCODERS =
      Map.of(
          "token_embd.weight", "embeddings.word_embeddings.weight",
          "position_embd.weight", "embeddings.position_embeddings.weight",
          "token_types.weight", "embeddings.token_type_embeddings.weight",
          "token_embd_norm.weight", "embeddings.LayerNorm.weight",
          "token_embd_norm.bias", "embeddings.LayerNorm.bias");

  private final String label;

  @SuppressWarnings("ImmutableEnumChecker") // Set.of cannot be changed
  private final Set<Trait> traits;

  @SuppressWarnings("ImmutableEnumChecker") // Map.copyOf cannot be changed
  private final Map<String, String> parts;

  GgufArchitecture(String label, Trait... traits) {
    this.label = label;
    this.traits = Set.of(traits);
    this.parts =
        this.traits.contains(Trait.ENCODER)
            ? partsOfEncoders()
            : Map.copyOf(partsOfDecoders(this.traits));
  }

  /// Names of a layer's modules: GGUF's to Hugging Face's.
  private static Map<String, String> partsOfEncoders() {
    return Map.of(
        "attn_q", "attention.self.query",
        "attn_k", "attention.self.key",
        "attn_v", "attention.self.value",
        "attn_output", "attention.output.dense",
        "attn_output_norm", "attention.output.LayerNorm",
        "ffn_up", "intermediate.dense",
        "ffn_down", "output.dense",
        "layer_output_norm", "output.LayerNorm");
  }

  private static Map<String, String> partsOfDecoders(Set<Trait> traits) {
    var parts = new LinkedHashMap<String, String>();
    parts.put("attn_norm", "input_layernorm");
    parts.put("attn_output", "self_attn.o_proj");
    parts.put("ffn_down", "mlp.down_proj");
    if (traits.contains(Trait.FUSED_MAPS)) {
      parts.put("attn_qkv", "self_attn.qkv_proj");
      parts.put("ffn_up", "mlp.gate_up_proj");
    } else {
      parts.put("attn_q", "self_attn.q_proj");
      parts.put("attn_k", "self_attn.k_proj");
      parts.put("attn_v", "self_attn.v_proj");
      parts.put("ffn_gate", "mlp.gate_proj");
      parts.put("ffn_up", "mlp.up_proj");
    }
    if (traits.contains(Trait.NORMS_AFTER_BLOCKS)) {
      parts.put("post_attention_norm", "post_attention_layernorm");
      parts.put("ffn_norm", "pre_feedforward_layernorm");
      parts.put("post_ffw_norm", "post_feedforward_layernorm");
    } else {
      parts.put("ffn_norm", "post_attention_layernorm");
    }
    if (traits.contains(Trait.HEAD_NORMS)) {
      parts.put("attn_q_norm", "self_attn.q_norm");
      parts.put("attn_k_norm", "self_attn.k_norm");
    }
    return parts;
  }

  /// The architecture that a file names.
  ///
  /// @throws DataException if it is none of these
  public static GgufArchitecture of(GgufMetadata metadata) {
    String name = metadata.text(KEY);
    return Arrays.stream(values())
        .filter(architecture -> architecture.label.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new DataException(
                    metadata.file(), "%s is \"%s\"; %s can be read".formatted(KEY, name, names())));
  }

  private static String names() {
    return Arrays.stream(values()).map(a -> a.label).collect(Collectors.joining(", "));
  }

  /// Its value of `general.architecture`, which also starts the keys of its metadata.
  public String label() {
    return label;
  }

  /// Whether its tokens see those behind them too, as BERT's do.
  public boolean isEncoder() {
    return traits.contains(Trait.ENCODER);
  }

  /// The metadata key of a value of its own, such as `llama.block_count`.
  public String key(String name) {
    return label + "." + name;
  }

  /// Hugging Face's name of a tensor, if it has a place in this architecture.
  Optional<String> plainName(String ggmlName) {
    String layer = isEncoder() ? "encoder.layer.%s.%s.%s" : "layers.%s.%s.%s";
    return renamed(ggmlName, LAYER, layer, parts, whole());
  }

  /// The name in a GGUF file of a tensor by Hugging Face's name, if there is one.
  public Optional<String> ggmlName(String plainName) {
    return renamed(plainName, PLAIN_LAYER, "blk.%s.%s.%s", inverted(parts), inverted(whole()));
  }

  private Map<String, String> whole() {
    return isEncoder() ? WHOLE_OF_ENCODERS : WHOLE;
  }

  private static Optional<String> renamed(
      String name,
      Pattern layer,
      String format,
      Map<String, String> parts,
      Map<String, String> whole) {
    Matcher matcher = layer.matcher(name);
    return matcher.matches()
        ? Optional.ofNullable(parts.get(matcher.group(2)))
            .map(part -> format.formatted(matcher.group(1), part, matcher.group(3)))
        : Optional.ofNullable(whole.get(name));
  }

  private static Map<String, String> inverted(Map<String, String> names) {
    return names.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));
  }

  /// Whether the rows of this tensor, by Hugging Face's name, are in GGUF's order of pairs.
  public boolean pairsRows(String plainName) {
    return traits.contains(Trait.PAIRED_ROWS)
        && (plainName.contains(".q_proj.") || plainName.contains(".k_proj."));
  }

  /// What this tensor, by Hugging Face's name, holds more in a GGUF file than there.
  public double offset(String plainName) {
    return traits.contains(Trait.WHOLE_NORMS) && plainName.endsWith("norm.weight") ? 1 : 0;
  }
}
