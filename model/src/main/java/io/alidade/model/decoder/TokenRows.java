package io.alidade.model.decoder;

import io.alidade.model.DecoderConfig;
import io.alidade.model.transformer.CheckedWeights;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;

/// The embedding matrix, `[vocabulary, hidden]`, of which a pass needs the rows of its tokens.
sealed interface TokenRows extends AutoCloseable {
  /// Its name in files.
  String NAME = "embed_tokens.weight";

  /// The rows of these tokens, `[ids, hidden]`, a new tensor.
  Tensor of(long[] ids);

  /// As [io.alidade.model.transformer.FusedMatrix#held].
  Tensor held();

  @Override
  void close();

  /// The matrix in memory.
  ///
  /// @param states the type of the rows that are given, whatever the matrix is held in
  record Held(Tensor held, DType states) implements TokenRows {
    @Override
    public Tensor of(long[] ids) {
      return held.rows(Tensor.of(ids)).to(states);
    }

    @Override
    public void close() {
      held.close();
    }
  }

  /// The matrix in its file; values are checked as rows are read.
  record Mapped(CheckedWeights weights, DecoderConfig config) implements TokenRows {
    public Mapped {
      weights.requireReadable(NAME, config.vocabulary(), config.hidden());
    }

    @Override
    public Tensor of(long[] ids) {
      Tensor result = Tensor.empty(weights.dtype(), ids.length, config.hidden());
      for (int i = 0; i < ids.length; i++) {
        try (var _ = TensorScope.open()) {
          result.narrow(0, i, 1).copyFrom(weights.rows(NAME, ids[i], 1));
        }
      }
      weights.requireFinite(NAME, result);
      return result;
    }

    @Override
    public Tensor held() {
      throw new IllegalStateException("the embeddings are mapped; load the decoder instead");
    }

    /// The files belong to the decoder.
    @Override
    public void close() {}
  }
}
