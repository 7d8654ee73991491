package io.alidade.train;

import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.lora.LoraConfig;
import io.alidade.model.lora.LoraTargets;
import io.alidade.model.transformer.FullWeights;
import io.alidade.model.transformer.TrainedWeights;
import io.alidade.model.transformer.Transformer;
import java.util.List;

/// What of the backbone is trained.
public sealed interface Tuning {

  /// What is trained before its first step; a function of the seed.
  TrainedWeights initial(Transformer transformer, long seed);

  /// The lowest layer that is trained.
  int firstLayer();

  /// The probability of dropping an input of an adapter.
  double dropout();

  /// How many times a forward pass running backwards through a trained layer takes.
  double backwardPasses();

  /// Low-rank adapters beside linear maps; the backbone's own weights stay as they are.
  ///
  /// @param targets linear maps: `q`, `k`, `v`, `o`, `gate`, `up`, `down`, or the ends of their
  ///   names in files; none for all
  /// @see LoraConfig
  record Lora(
      int rank,
      double alpha,
      double dropout,
      int firstLayer,
      List<String> targets,
      boolean rankStabilised)
      implements Tuning {

    public Lora {
      targets = List.copyOf(targets);
      config(rank, alpha, dropout, firstLayer, targets, rankStabilised);
    }

    /// Adapters of all linear maps.
    public Lora(int rank, double alpha, double dropout) {
      this(rank, alpha, dropout, 0, List.of(), false);
    }

    /// The paper's.
    public static Lora defaults() {
      LoraConfig paper = LoraConfig.defaults();
      return new Lora(paper.rank(), paper.alpha(), paper.dropout());
    }

    /// As the adapter has it.
    public LoraConfig config() {
      return config(rank, alpha, dropout, firstLayer, targets, rankStabilised);
    }

    private static LoraConfig config(
        int rank,
        double alpha,
        double dropout,
        int firstLayer,
        List<String> targets,
        boolean rankStabilised) {
      return new LoraConfig(
          rank, alpha, dropout, firstLayer, new LoraTargets(targets), rankStabilised);
    }

    @Override
    public LoraAdapter initial(Transformer transformer, long seed) {
      return LoraAdapter.initial(config(), transformer.linearMaps(), transformer.dtype(), seed);
    }

    /// The gradient of states; that of the adapters is little beside it.
    @Override
    public double backwardPasses() {
      return 1;
    }
  }

  /// All weights of the backbone: linear maps, norms and embeddings.
  record Full() implements Tuning {
    public static Full defaults() {
      return new Full();
    }

    @Override
    public FullWeights initial(Transformer transformer, long seed) {
      return FullWeights.of(transformer);
    }

    @Override
    public int firstLayer() {
      return 0;
    }

    @Override
    public double dropout() {
      return 0;
    }

    /// The gradient of states, and that of weights.
    @Override
    public double backwardPasses() {
      return 2;
    }
  }
}
