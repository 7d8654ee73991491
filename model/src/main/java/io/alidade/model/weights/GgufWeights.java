package io.alidade.model.weights;

import io.alidade.core.DataException;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The weights of a model of architecture `llama` out of a GGUF file.
///
/// Two things differ between GGUF and Hugging Face. The names, and the order of the rows of query
/// and key projections: within a head of size `headDim`, GGUF keeps the two rows that RoPE rotates
/// against each other side by side (`2j`, `2j + 1`), Hugging Face keeps them half a head apart
/// (`j`, `j + headDim/2`). Rows are put back into Hugging Face's order on reading.
public final class GgufWeights implements WeightSource {
  private static final String ARCHITECTURE = "llama";
  private static final Pattern LAYER = Pattern.compile("blk\\.(\\d+)\\.(\\w+)\\.weight");

  private static final Map<String, String> PARTS =
      Map.of(
          "attn_norm", "input_layernorm",
          "ffn_norm", "post_attention_layernorm",
          "attn_q", "self_attn.q_proj",
          "attn_k", "self_attn.k_proj",
          "attn_v", "self_attn.v_proj",
          "attn_output", "self_attn.o_proj",
          "ffn_gate", "mlp.gate_proj",
          "ffn_up", "mlp.up_proj",
          "ffn_down", "mlp.down_proj");

  private static final Map<String, String> WHOLE =
      Map.of(
          "token_embd.weight", "embed_tokens.weight",
          "output_norm.weight", "norm.weight",
          "output.weight", "lm_head.weight");

  private final GgufFile file;
  private final Map<String, String> ggmlNames = new LinkedHashMap<>();
  private final long heads;
  private final long keyHeads;

  /// Takes over the file and closes it with itself.
  ///
  /// @throws DataException if the architecture is another, or a tensor has no place in it
  public GgufWeights(GgufFile file) {
    this.file = file;
    String architecture = file.metadata().text("general.architecture");
    if (!architecture.equals(ARCHITECTURE)) {
      throw new DataException(
          file.path(),
          "general.architecture is \"%s\"; \"%s\" can be read"
              .formatted(architecture, ARCHITECTURE));
    }
    this.heads = file.metadata().integer("llama.attention.head_count");
    this.keyHeads =
        file.metadata().optionalInteger("llama.attention.head_count_kv").orElse((int) heads);
    for (String name : file.names()) {
      ggmlNames.put(
          plainName(name)
              .orElseThrow(
                  () ->
                      new DataException(
                          file.path(),
                          "tensor \"%s\" has no place in a llama model".formatted(name))),
          name);
    }
    checkHeads();
  }

  private static Optional<String> plainName(String ggmlName) {
    Matcher layer = LAYER.matcher(ggmlName);
    return layer.matches()
        ? Optional.ofNullable(PARTS.get(layer.group(2)))
            .map(part -> "layers.%s.%s.weight".formatted(layer.group(1), part))
        : Optional.ofNullable(WHOLE.get(ggmlName));
  }

  private void checkHeads() {
    if (heads < 1 || keyHeads < 1) {
      throw new DataException(
          file.path(), "has %d heads and %d key heads".formatted(heads, keyHeads));
    }
    for (String name : names()) {
      long rotated = heads(name);
      long[] shape = shape(name);
      if (rotated != 0 && (shape.length != 2 || shape[0] % (2 * rotated) != 0)) {
        throw new DataException(
            file.path(),
            "tensor \"%s\" has shape %s, which %d heads cannot share"
                .formatted(ggmlName(name), Arrays.toString(shape), rotated));
      }
    }
  }

  /// How many heads the rows of a tensor belong to, or 0 if RoPE does not see them.
  private long heads(String name) {
    if (name.contains(".q_proj.")) {
      return heads;
    }
    return name.contains(".k_proj.") ? keyHeads : 0;
  }

  @Override
  public List<String> names() {
    return List.copyOf(ggmlNames.keySet());
  }

  @Override
  public long[] shape(String name) {
    return file.shape(ggmlName(name));
  }

  @Override
  public Tensor tensor(String name, DType dtype) {
    return file.tensor(ggmlName(name), dtype, order(name));
  }

  @Override
  public Tensor rows(String name, long start, long count, DType dtype) {
    LongUnaryOperator order = order(name);
    return file.rows(ggmlName(name), count, dtype, row -> order.applyAsLong(start + row));
  }

  /// The row of the file for a row in Hugging Face's order.
  private LongUnaryOperator order(String name) {
    long rotated = heads(name);
    if (rotated == 0) {
      return LongUnaryOperator.identity();
    }
    long headDim = shape(name)[0] / rotated;
    return row -> interleavedRow(row, headDim);
  }

  /// The row of the file that holds Hugging Face's row `row`.
  static long interleavedRow(long row, long headDim) {
    long within = row % headDim;
    long half = headDim / 2;
    return row - within + 2 * (within % half) + within / half;
  }

  private String ggmlName(String name) {
    String ggmlName = ggmlNames.get(name);
    if (ggmlName == null) {
      throw new DataException(file.path(), "has no tensor for \"%s\"".formatted(name));
    }
    return ggmlName;
  }

  @Override
  public String sha256() {
    return file.sha256();
  }

  @Override
  public void close() {
    file.close();
  }
}
