package io.alidade.model.head;

import io.alidade.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// The sizes of a [LatentAttention].
///
/// @param hidden the width of the states and of the latents
/// @param latents how many there are
/// @param headDim the width of a head, which the published models have as wide as the states
public record LatentShape(int hidden, int latents, int heads, int headDim) {
  /// How many times as wide as the states each half of the feed-forward part is.
  private static final int WIDENING = 4;

  static final String LATENTS = "latents";
  static final String QUERY_NORM = "cross_attend_blocks.0.norm";
  static final String LATENT_NORM = "cross_attend_blocks.0.norm_context";
  static final String QUERY = "cross_attend_blocks.0.fn.to_q.weight";
  static final String KEY_VALUE = "cross_attend_blocks.0.fn.to_kv.weight";
  static final String OUT = "cross_attend_blocks.0.fn.to_out.weight";
  static final String MLP_NORM = "cross_attend_blocks.1.norm";
  static final String UP = "cross_attend_blocks.1.fn.net.0";
  static final String DOWN = "cross_attend_blocks.1.fn.net.2";
  static final String WEIGHT = ".weight";
  static final String BIAS = ".bias";

  public LatentShape {
    require("latents", latents);
    require("heads", heads);
    require("head_dim", headDim);
  }

  private static void require(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("%s must be at least 1, is %d".formatted(name, value));
    }
  }

  /// The width of the queries of all heads.
  int queryWidth() {
    return Math.multiplyExact(heads, headDim);
  }

  /// The width of each half of the feed-forward part.
  int wide() {
    return WIDENING * hidden;
  }

  /// The weights by the names of the published models, in their order.
  SequencedMap<String, long[]> tensors() {
    var shapes = new LinkedHashMap<String, long[]>();
    shapes.put(LATENTS, new long[] {latents, hidden});
    norm(shapes, QUERY_NORM);
    norm(shapes, LATENT_NORM);
    shapes.put(QUERY, new long[] {queryWidth(), hidden});
    shapes.put(KEY_VALUE, new long[] {2L * queryWidth(), hidden});
    shapes.put(OUT, new long[] {hidden, queryWidth()});
    norm(shapes, MLP_NORM);
    shapes.put(UP + WEIGHT, new long[] {2L * wide(), hidden});
    shapes.put(UP + BIAS, new long[] {2L * wide()});
    shapes.put(DOWN + WEIGHT, new long[] {hidden, wide()});
    shapes.put(DOWN + BIAS, new long[] {hidden});
    return shapes;
  }

  private void norm(SequencedMap<String, long[]> shapes, String name) {
    shapes.put(name + WEIGHT, new long[] {hidden});
    shapes.put(name + BIAS, new long[] {hidden});
  }

  /// How many values all weights have.
  public long parameters() {
    return tensors().values().stream().mapToLong(Tensor::elements).sum();
  }
}
