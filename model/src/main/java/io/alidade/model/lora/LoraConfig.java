package io.alidade.model.lora;

/// The shape of a low-rank adapter: each adapted weight becomes `W + (alpha / rank) · B · A`, or
/// with rank stabilised `W + (alpha / √rank) · B · A`.
///
/// | paper symbol | here |
/// |---|---|
/// | r | `rank` |
/// | α | `alpha` |
/// | A `[r, in]`, B `[out, r]` | `LoraSlice.a()`, `LoraSlice.b()` |
///
/// @param rank at least 1
/// @param alpha above 0
/// @param dropout probability of dropping an input of `A` while training, in `[0, 1)`
/// @param firstLayer the lowest adapted layer, from 0. Those below it stay as they are, and no
///   gradient is computed through them
/// @param targets which linear maps are adapted
/// @param rankStabilised whether the factor falls with the root of the rank (rsLoRA)
/// @see <a href="https://arxiv.org/abs/2106.09685">Hu et al., LoRA, 2021</a>, section 4.1
/// @see <a href="https://arxiv.org/abs/2312.03732">Kalajdzievski, rsLoRA, 2023</a>
public record LoraConfig(
    int rank,
    double alpha,
    double dropout,
    int firstLayer,
    LoraTargets targets,
    boolean rankStabilised) {
  public LoraConfig {
    if (rank < 1) {
      throw new IllegalArgumentException("rank must be at least 1, is " + rank);
    }
    if (!(alpha > 0)) {
      throw new IllegalArgumentException("alpha must be above 0, is " + alpha);
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout must be in [0, 1), is " + dropout);
    }
    if (firstLayer < 0) {
      throw new IllegalArgumentException("firstLayer must be at least 0, is " + firstLayer);
    }
  }

  /// An adapter of all maps from a layer on.
  public LoraConfig(int rank, double alpha, double dropout, int firstLayer) {
    this(rank, alpha, dropout, firstLayer, LoraTargets.ALL, false);
  }

  /// An adapter of all layers.
  public LoraConfig(int rank, double alpha, double dropout) {
    this(rank, alpha, dropout, 0);
  }

  /// The paper's adapter: rank 16, alpha 32, dropout 0.1, on all layers.
  public static LoraConfig defaults() {
    return new LoraConfig(16, 32, 0.1);
  }

  /// The factor of `B · A`.
  public double scale() {
    return scale(rank, alpha);
  }

  /// The factor for another rank and alpha.
  public double scale(int otherRank, double otherAlpha) {
    return otherAlpha / (rankStabilised ? Math.sqrt(otherRank) : otherRank);
  }
}
