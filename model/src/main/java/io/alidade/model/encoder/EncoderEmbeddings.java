package io.alidade.model.encoder;

import io.alidade.model.EncoderConfig;
import io.alidade.model.EncoderConfig.LearnedPositions;
import io.alidade.model.transformer.CheckedWeights;
import io.alidade.model.transformer.FullWeights;
import io.alidade.model.transformer.LayerNorm;
import io.alidade.model.transformer.PackedTokens;
import io.alidade.model.transformer.PassTuning;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The first state of each row: the token's embedding, and where the family has them those of its
/// position and of token type 0, normalised.
///
/// @param words `[vocabulary, hidden]`
/// @param table `[positions, hidden]`
/// @param tokenTypes `[types, hidden]`
record EncoderEmbeddings(
    EncoderConfig config,
    Tensor words,
    Optional<Tensor> table,
    Optional<Tensor> tokenTypes,
    LayerNorm norm)
    implements AutoCloseable {

  static EncoderEmbeddings load(EncoderConfig config, CheckedWeights weights) {
    EncoderNames names = EncoderNames.of(config);
    int hidden = config.hidden();
    try (var scope = TensorScope.open()) {
      return new EncoderEmbeddings(
          config,
          scope.release(
              weights
                  .read(names.words(), config.vocabulary(), hidden)
                  .to(weights.types().matrices())),
          config
              .positions()
              .map(p -> scope.release(weights.read(EncoderNames.POSITIONS, p.rows(), hidden))),
          config.tokenTypes() == 0
              ? Optional.empty()
              : Optional.of(
                  scope.release(
                      weights.read(EncoderNames.TOKEN_TYPES, config.tokenTypes(), hidden))),
          LayerNorm.load(weights, names.embeddingNorm(), hidden, config.norms()));
    }
  }

  /// `[rows, hidden]`.
  Tensor forward(PackedTokens packed) {
    return norm.forward(sum(packed));
  }

  private Tensor sum(PackedTokens packed) {
    Tensor rows = words.rows(Tensor.of(packed.ids())).to(norm.weight().dtype());
    tokenTypes.ifPresent(types -> rows.add(types.narrow(0, 0, 1)));
    config
        .positions()
        .ifPresent(
            positions ->
                rows.add(table.orElseThrow().rows(Tensor.of(positionRows(packed, positions)))));
    return rows;
  }

  /// Adds to the gradients of all weights, given that of [#forward]'s result.
  void backward(Tensor gradient, PackedTokens packed, PassTuning tuning) {
    Tensor ofSum = norm.backward(gradient, sum(packed), tuning);
    tuning.gradient(name()).orElseThrow().addRows(Tensor.of(packed.ids()), ofSum);
    tuning
        .gradient(EncoderNames.TOKEN_TYPES)
        .ifPresent(types -> types.narrow(0, 0, 1).add(ofSum.sumFirst()));
    config
        .positions()
        .ifPresent(
            positions ->
                tuning
                    .gradient(EncoderNames.POSITIONS)
                    .orElseThrow()
                    .addRows(Tensor.of(positionRows(packed, positions)), ofSum));
  }

  /// The trainable weights; they belong here.
  List<FullWeights.Weight> trainable() {
    var weights = new ArrayList<FullWeights.Weight>();
    weights.add(new FullWeights.Weight(name(), words, false));
    table.ifPresent(t -> weights.add(new FullWeights.Weight(EncoderNames.POSITIONS, t, false)));
    tokenTypes.ifPresent(
        t -> weights.add(new FullWeights.Weight(EncoderNames.TOKEN_TYPES, t, false)));
    weights.addAll(norm.trainable());
    return weights;
  }

  /// The name of the words' weight.
  String name() {
    return EncoderNames.of(config).words();
  }

  /// The row of each token's position.
  private static long[] positionRows(PackedTokens packed, LearnedPositions positions) {
    long[] ids = packed.ids();
    long[] rows = new long[ids.length];
    int padding = positions.first() - 1;
    int next = positions.first();
    for (int i = 0; i < rows.length; i++) {
      if (packed.positions()[i] == 0) {
        next = positions.first();
      }
      rows[i] = ids[i] == padding ? padding : next++;
      if (rows[i] >= positions.rows()) {
        throw new IllegalArgumentException(
            "a text has more than the %d tokens that there are positions for"
                .formatted(positions.rows() - positions.first()));
      }
    }
    return rows;
  }

  void store(Map<String, Tensor> target) {
    target.put(name(), words);
    table.ifPresent(t -> target.put(EncoderNames.POSITIONS, t));
    tokenTypes.ifPresent(t -> target.put(EncoderNames.TOKEN_TYPES, t));
    norm.store(target);
  }

  @Override
  public void close() {
    words.close();
    table.ifPresent(Tensor::close);
    tokenTypes.ifPresent(Tensor::close);
    norm.close();
  }
}
