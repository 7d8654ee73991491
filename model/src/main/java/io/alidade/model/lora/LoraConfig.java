package io.alidade.model.lora;

/// The shape of a low-rank adapter: each adapted weight becomes `W + (alpha / rank) · B · A`.
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
/// @see <a href="https://arxiv.org/abs/2106.09685">Hu et al., LoRA, 2021</a>, section 4.1
public record LoraConfig(int rank, double alpha, double dropout) {
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
  }

  /// The paper's adapter: rank 16, alpha 32, dropout 0.1.
  public static LoraConfig defaults() {
    return new LoraConfig(16, 32, 0.1);
  }

  /// The factor of `B · A`.
  public double scale() {
    return alpha / rank;
  }
}
