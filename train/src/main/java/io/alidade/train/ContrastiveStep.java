package io.alidade.train;

import io.alidade.core.PromptTemplate;
import io.alidade.core.TextInput;
import io.alidade.model.decoder.Decoder;
import io.alidade.model.decoder.PackedTokens;
import io.alidade.model.decoder.TrainingPass;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import io.alidade.train.batch.Batch;
import io.alidade.train.objective.Objective;
import io.alidade.train.objective.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// The forward and backward pass of one batch: token ids → normalised vectors → loss → the
/// adapter's gradient.
///
/// A batch of more tokens than a chunk holds goes through GradCache: vectors of all chunks without
/// keeping anything, the loss's gradient with respect to the vectors, then each chunk again with
/// its part of that gradient. The gradient is that of the whole batch, in the memory of one chunk.
///
/// @param chunkTokens rows computed at a time
/// @see <a href="https://arxiv.org/abs/2101.06983">Gao et al., Scaling Deep Contrastive Learning
///   Batch Size under Memory Limited Setup, 2021</a>
public record ContrastiveStep(
    Decoder decoder, LoraAdapter lora, Objective objective, int chunkTokens) {

  /// What a step did.
  ///
  /// @param loss mean over the queries
  /// @param realTokens tokens of all texts, as an implementation without sharing would compute
  /// @param computedTokens rows that were computed
  public record Outcome(double loss, int realTokens, int computedTokens) {}

  /// Token ids of a batch.
  ///
  /// @param queries one an example
  /// @param candidates as [Batch#candidates]
  public record Ids(List<int[]> queries, List<int[]> candidates, Relation relation) {

    public static Ids of(
        Batch batch, PromptTemplate template, Function<List<String>, List<int[]>> tokenizer) {
      return new Ids(
          tokenizer.apply(render(batch.queries(), template)),
          tokenizer.apply(render(batch.candidates(), template)),
          batch.relation());
    }

    private static List<String> render(List<TextInput> inputs, PromptTemplate template) {
      return inputs.stream().map(template::render).toList();
    }

    List<int[]> all() {
      var all = new ArrayList<>(queries);
      all.addAll(candidates);
      return all;
    }
  }

  /// Adds the batch's gradient to the adapter's.
  ///
  /// @param seed of dropout
  public Outcome run(Ids ids, long seed) {
    List<PackedTokens> chunks = chunks(ids.all());
    try (var _ = TensorScope.open()) {
      double loss =
          chunks.size() == 1 ? whole(chunks.getFirst(), ids, seed) : cached(chunks, ids, seed);
      int real = ids.all().stream().mapToInt(sequence -> sequence.length).sum();
      int computed = chunks.stream().mapToInt(PackedTokens::rows).sum();
      return new Outcome(loss, real, computed);
    }
  }

  private double whole(PackedTokens packed, Ids ids, long seed) {
    try (TrainingPass pass = decoder.train(packed, lora, seed)) {
      Tensor norms = pass.output().norms();
      Tensor vectors = pass.output().times(norms.inverse());
      VectorGradient gradient = gradient(vectors, ids);
      pass.backward(throughNorm(gradient.vectors(), vectors, norms));
      return gradient.loss();
    }
  }

  private double cached(List<PackedTokens> chunks, Ids ids, long seed) {
    var parts = new ArrayList<Tensor>();
    for (int i = 0; i < chunks.size(); i++) {
      parts.add(vectors(chunks.get(i), seed + i));
    }
    VectorGradient gradient = gradient(Tensor.concatenate(parts), ids);
    long start = 0;
    for (int i = 0; i < chunks.size(); i++) {
      try (var _ = TensorScope.open();
          TrainingPass pass = decoder.train(chunks.get(i), lora, seed + i)) {
        Tensor norms = pass.output().norms();
        Tensor part = gradient.vectors().narrow(0, start, chunks.get(i).sequences());
        pass.backward(throughNorm(part, pass.output().times(norms.inverse()), norms));
      }
      start += chunks.get(i).sequences();
    }
    return gradient.loss();
  }

  private Tensor vectors(PackedTokens packed, long seed) {
    try (var scope = TensorScope.open();
        TrainingPass pass = decoder.train(packed, lora, seed)) {
      return scope.keep(pass.output().times(pass.output().norms().inverse()));
    }
  }

  private record VectorGradient(double loss, Tensor vectors) {}

  private VectorGradient gradient(Tensor vectors, Ids ids) {
    long queries = ids.queries().size();
    long candidates = ids.candidates().size();
    Objective.Loss loss =
        objective.compute(
            vectors.narrow(0, 0, queries), vectors.narrow(0, queries, candidates), ids.relation());
    return new VectorGradient(
        loss.value(), Tensor.concatenate(List.of(loss.queries(), loss.candidates())));
  }

  /// The gradient of the states before normalisation: `(g − e (e·g)) / ‖h‖`.
  private static Tensor throughNorm(Tensor gradient, Tensor vectors, Tensor norms) {
    Tensor along = gradient.times(vectors).sumLast();
    return gradient.minus(vectors.times(along)).timesInPlace(norms.inverse());
  }

  private List<PackedTokens> chunks(List<int[]> sequences) {
    var chunks = new ArrayList<PackedTokens>();
    var open = new ArrayList<int[]>();
    int tokens = 0;
    for (int[] sequence : sequences) {
      if (!open.isEmpty() && tokens + sequence.length > chunkTokens) {
        chunks.add(pack(open));
        open.clear();
        tokens = 0;
      }
      open.add(sequence);
      tokens += sequence.length;
    }
    chunks.add(pack(open));
    return chunks;
  }

  /// With dropout each row has its own mask, so that nothing can be shared.
  private PackedTokens pack(List<int[]> sequences) {
    return lora.config().dropout() > 0
        ? PackedTokens.withoutSharing(sequences)
        : PackedTokens.of(sequences);
  }
}
