package io.alidade.train;

import io.alidade.core.PromptTemplate;
import io.alidade.core.TextInput;
import io.alidade.model.head.PooledPass;
import io.alidade.model.head.Pooling;
import io.alidade.model.transformer.BalancedParts;
import io.alidade.model.transformer.GradientOrder;
import io.alidade.model.transformer.PackedTokens;
import io.alidade.model.transformer.PassSettings;
import io.alidade.model.transformer.TrainingPass;
import io.alidade.model.transformer.Transformer;
import io.alidade.tensor.ComputeThreads;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import io.alidade.train.batch.Batch;
import io.alidade.train.objective.Objective;
import io.alidade.train.objective.Relation;
import io.alidade.train.objective.Vectors;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.Function;

/// The forward and backward pass of one batch: token ids → normalised vectors → loss → the gradient
/// of what is trained.
///
/// The batch is cut into independent parts, one a thread, that meet where the loss needs all
/// vectors. A batch of more tokens than a chunk holds goes through GradCache instead: the vectors
/// of all parts without keeping anything, the loss's gradient with respect to the vectors, then
/// each part again with its share of that gradient. The gradient is that of the whole batch, in the
/// memory of one chunk.
///
/// @see <a href="https://arxiv.org/abs/2101.06983">Gao et al., Scaling Deep Contrastive Learning
///   Batch Size under Memory Limited Setup, 2021</a>
public final class ContrastiveStep implements AutoCloseable {

  /// What a step did.
  ///
  /// @param loss mean over the queries
  /// @param realTokens tokens of all texts, as an implementation without sharing would compute
  /// @param computedTokens rows that were computed
  public record Outcome(double loss, int realTokens, int computedTokens) {}

  /// How much is computed and kept at a time.
  ///
  /// @param tokens rows whose intermediate values are kept at a time
  /// @param recompute as in [PassSettings]
  /// @param threads at most those of [ComputeThreads]
  public record Chunking(int tokens, boolean recompute, int threads) {

    /// On all threads.
    public static Chunking of(int tokens, boolean recompute) {
      return new Chunking(tokens, recompute, ComputeThreads.count());
    }
  }

  /// Token ids of a batch.
  ///
  /// @param queries one an example
  /// @param candidates as [Batch#candidates]
  public record Ids(List<int[]> queries, List<int[]> candidates, Relation relation) {

    public static Ids of(
        Batch batch, PromptTemplate template, Function<List<String>, List<int[]>> tokenizer) {
      return new Ids(
          batch.cutQueries(tokenizer.apply(render(batch.queries(), template))),
          batch.cutCandidates(tokenizer.apply(render(batch.candidates(), template))),
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

    /// What an implementation would compute that pads: queries to the longest query, candidates to
    /// the longest candidate.
    long paddedTokens() {
      return padded(queries) + padded(candidates);
    }

    private static long padded(List<int[]> texts) {
      return texts.size() * texts.stream().mapToLong(ids -> ids.length).max().orElse(0);
    }
  }

  private final Transformer transformer;
  private final Pooling pooling;
  private final Trained trained;
  private final Objective objective;
  private final Chunking chunking;

  /// One a thread, so that threads add to gradients of their own, or to shared ones in turn.
  private final List<Trained> ofThreads = new ArrayList<>();

  /// @param pooling how states become a vector; any but the largest values
  /// @param trained what it is whose gradients are added to
  public ContrastiveStep(
      Transformer transformer,
      Pooling pooling,
      Trained trained,
      Objective objective,
      Chunking chunking) {
    this.transformer = transformer;
    this.pooling = pooling;
    this.trained = trained;
    this.objective = objective;
    this.chunking = chunking;
    for (int i = 0; i < chunking.threads; i++) {
      ofThreads.add(trained.ofThread());
    }
  }

  /// Adds the batch's gradient to that of what is trained.
  ///
  /// @param seed of dropout
  public Outcome run(Ids ids, long seed) {
    List<int[]> sequences = ids.all();
    int real = sequences.stream().mapToInt(sequence -> sequence.length).sum();
    int threads = ofThreads.size();
    int chunks = Math.ceilDiv(real, chunking.tokens);
    int parts = threads * Math.max(1, chunks);
    var order = new GradientOrder();
    List<Part> batch = parts(sequences, parts, seed, order);
    var exchange = new VectorExchange(batch.size(), vectors -> gradient(vectors, ids));
    double loss =
        batch.size() <= threads ? together(batch, exchange, order) : cached(batch, exchange, order);
    // In the order of the threads, so that the sum is the same whichever ended first.
    ofThreads.forEach(trained::collect);
    int computed = batch.stream().mapToInt(part -> part.packed().rows()).sum();
    return new Outcome(loss, real, computed);
  }

  /// Sequences that one thread computes.
  ///
  /// @param members their indices in the batch, queries first and then candidates
  private record Part(List<Integer> members, PackedTokens packed, PassSettings settings) {}

  /// With dropout each row has its own mask, so that nothing can be shared.
  private List<Part> parts(List<int[]> sequences, int count, long seed, GradientOrder order) {
    boolean shared = trained.weights().dropout() == 0 && transformer.config().sharesPrefixes();
    var parts = new ArrayList<Part>();
    for (List<Integer> members : BalancedParts.of(sequences, count, shared)) {
      List<int[]> own = members.stream().map(sequences::get).toList();
      PackedTokens packed = shared ? transformer.pack(own) : PackedTokens.withoutSharing(own);
      parts.add(new Part(members, packed, settings(parts.size(), seed, order)));
    }
    return parts;
  }

  private PassSettings settings(int part, long seed, GradientOrder order) {
    GradientOrder.Turn turn =
        trained.weights().sharesGradients() ? order.of(part) : GradientOrder.Turn.ANY;
    return new PassSettings(OptionalLong.of(seed * 31 + part), chunking.recompute, turn);
  }

  /// All parts at the same time, each kept until the loss is known.
  private double together(List<Part> parts, VectorExchange exchange, GradientOrder order) {
    List<Callable<Double>> work = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      Trained own = ofThreads.get(i);
      work.add(
          () ->
              exchange.guarded(() -> order.guarded(() -> forwardAndBackward(part, own, exchange))));
    }
    return ComputeThreads.run(work).getFirst();
  }

  private double forwardAndBackward(Part part, Trained own, VectorExchange exchange) {
    try (var _ = TensorScope.open();
        TrainingPass pass = forward(part, own)) {
      Tensor norms = pass.output().norms();
      Tensor vectors = pass.output().times(norms.inverse());
      VectorExchange.Loss loss = exchange.offerAndAwait(part.members(), vectors);
      pass.backward(throughNorm(loss.gradient(part.members()), vectors, norms));
      return loss.value();
    }
  }

  /// Vectors of all parts first, gradients after: each part is computed twice, and only as many as
  /// there are threads are kept at a time.
  private double cached(List<Part> parts, VectorExchange exchange, GradientOrder order) {
    List<Callable<Boolean>> forward = new ArrayList<>();
    parts.forEach(part -> forward.add(() -> offerVectors(part, exchange)));
    ComputeThreads.run(forward);
    VectorExchange.Loss loss = exchange.await();
    List<Callable<Boolean>> backward = new ArrayList<>();
    for (int thread = 0; thread < ofThreads.size(); thread++) {
      Trained own = ofThreads.get(thread);
      List<Part> ofThread = everyNth(parts, thread, ofThreads.size());
      backward.add(() -> order.guarded(() -> backwardAgain(ofThread, own, loss)));
    }
    ComputeThreads.run(backward);
    return loss.value();
  }

  private boolean offerVectors(Part part, VectorExchange exchange) {
    try (var _ = TensorScope.open();
        TrainingPass pass = forward(part, trained)) {
      exchange.offer(part.members(), pass.output().times(pass.output().norms().inverse()));
    }
    return true;
  }

  private boolean backwardAgain(List<Part> parts, Trained own, VectorExchange.Loss loss) {
    for (Part part : parts) {
      try (var _ = TensorScope.open();
          TrainingPass pass = forward(part, own)) {
        Tensor norms = pass.output().norms();
        Tensor vectors = pass.output().times(norms.inverse());
        pass.backward(throughNorm(loss.gradient(part.members()), vectors, norms));
      }
    }
    return true;
  }

  /// Within the scope that is open now.
  private TrainingPass forward(Part part, Trained own) {
    return PooledPass.of(
        pooling, own.latents(), transformer, part.packed(), own.weights(), part.settings());
  }

  private static <T> List<T> everyNth(List<T> items, int first, int step) {
    var result = new ArrayList<T>();
    for (int i = first; i < items.size(); i += step) {
      result.add(items.get(i));
    }
    return result;
  }

  /// By one thread for the whole batch, which therefore may add to the classifier's gradient.
  private Objective.Loss gradient(Tensor vectors, Ids ids) {
    long queries = ids.queries().size();
    Objective.Loss loss =
        objective.compute(
            new Vectors(
                vectors.narrow(0, 0, queries),
                vectors.narrow(0, queries, ids.candidates().size()),
                trained.classifier().map(TrainedClassifier::values)),
            ids.relation());
    trained
        .classifier()
        .ifPresent(own -> loss.gradient().classifier().ifPresent(own.gradient()::add));
    return loss;
  }

  /// The gradient of the states before normalisation: `(g − e (e·g)) / ‖h‖`.
  private static Tensor throughNorm(Tensor gradient, Tensor vectors, Tensor norms) {
    Tensor along = gradient.times(vectors).sumLast();
    return gradient.minus(vectors.times(along)).timesInPlace(norms.inverse());
  }

  @Override
  public void close() {
    ofThreads.forEach(Trained::close);
  }
}
