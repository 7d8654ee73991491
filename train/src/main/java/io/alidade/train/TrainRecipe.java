package io.alidade.train;

import io.alidade.core.recipe.Required;
import io.alidade.model.head.Pooling;
import io.alidade.train.batch.BatchConfig;
import io.alidade.train.checkpoint.CheckpointConfig;
import io.alidade.train.mixture.DataSource;
import io.alidade.train.mixture.Mixture;
import io.alidade.train.objective.InfoNce;
import io.alidade.train.objective.Objective;
import io.alidade.train.optimizer.OptimizerConfig;
import java.util.List;

/// What a training run does: the content of `alidade train --recipe FILE`.
///
/// @param backbone a hub name or a folder
/// @param data where examples come from
/// @param tuning what of the backbone is trained
/// @param pooling how the states of a text's tokens become its vector: `last-token` for decoders,
///   mostly `mean` or `cls` for encoders
/// @param head what is trained between the states and their pooling
/// @param maxTokens texts are cut to this many tokens, end-of-sequence included, template included
/// @param steps how many; 0 for `epochs` times the batches of an epoch
/// @param epochs times every example is seen when `steps` is 0
/// @param chunkTokens tokens computed at a time; larger batches go through GradCache; 0 for as many
///   as fit in the memory
/// @param memoryGib how much memory the process may take, for `chunkTokens` 0; 0 for
///   [MemoryPlan#SHARE] of what the machine has
/// @param recompute whether layers keep their inputs alone and are computed again for the gradient:
///   half as much work again with adapters, a third with all weights, in a fraction of the memory
/// @param precision in which products of matrices are computed
/// @param checkpoint when the state is written
/// @param evaluation what is measured on the way, and whether the best step is kept
/// @param seed of everything random
public record TrainRecipe(
    @Required String backbone,
    @Required List<DataSource> data,
    Objective objective,
    Tuning tuning,
    BatchConfig batch,
    OptimizerConfig optimizer,
    Pooling pooling,
    HeadConfig head,
    int maxTokens,
    int steps,
    int epochs,
    int chunkTokens,
    double memoryGib,
    boolean recompute,
    Precision precision,
    CheckpointConfig checkpoint,
    EvaluationConfig evaluation,
    long seed) {

  public TrainRecipe {
    data = List.copyOf(data);
    check(!data.isEmpty(), "data must name at least one source");
    check(
        data.stream().map(source -> source.weight() > 0).distinct().count() == 1,
        "data must have a weight for every source or for none");
    check(pooling != Pooling.MAX, "pooling max is not trained; all others are");
    check(
        head instanceof HeadConfig.PoolingOnly || pooling != Pooling.LAST_TOKEN,
        "pooling is last-token, but latent attention is pooled over all tokens; set pooling to"
            + " mean");
    check(
        objective.hardNegatives() != Objective.HardNegatives.NEEDED || batch.hardNegatives() > 0,
        "objective is over hard negatives, but batch.hard_negatives is 0; set it to 1 or more");
    check(
        objective.hardNegatives() != Objective.HardNegatives.USED
            || batch.hardNegatives() > 0
            || data.stream().allMatch(DataSource::inBatchNegatives),
        "data has a source without in_batch_negatives, but batch.hard_negatives is 0, so that its"
            + " examples would have no negatives; set it to 1 or more");
    check(maxTokens >= 2, "maxTokens must be at least 2, is " + maxTokens);
    check(steps >= 0, "steps must be at least 0, is " + steps);
    check(steps > 0 || epochs > 0, "epochs must be at least 1 when steps is 0, is " + epochs);
    check(
        chunkTokens == 0 || chunkTokens >= maxTokens,
        "chunkTokens must be 0 or at least max_tokens, %d, is %d"
            .formatted(maxTokens, chunkTokens));
    check(
        memoryGib >= 0 && Double.isFinite(memoryGib),
        "memoryGib must be at least 0, is " + memoryGib);
    check(
        chunkTokens == 0 || memoryGib == 0,
        "chunkTokens and memoryGib are both set; leave one of them 0");
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  /// The same with another size of a chunk.
  TrainRecipe withChunkTokens(int tokens) {
    return new TrainRecipe(
        backbone,
        data,
        objective,
        tuning,
        batch,
        optimizer,
        pooling,
        head,
        maxTokens,
        steps,
        epochs,
        tokens,
        0,
        recompute,
        precision,
        checkpoint,
        evaluation,
        seed);
  }

  /// How many of an example's own negatives are embedded.
  int hardNegatives() {
    boolean unused = objective.hardNegatives() == Objective.HardNegatives.UNUSED;
    return unused ? 0 : batch.hardNegatives();
  }

  /// What of this decides which examples can be trained on.
  Mixture.Rules mixtureRules() {
    return new Mixture.Rules(objective, hardNegatives(), tuning.dropout() > 0, seed);
  }

  /// The paper's values (section 4.1), in chunks as large as this machine's memory allows.
  public static TrainRecipe defaults() {
    return new TrainRecipe(
        "HuggingFaceTB/SmolLM2-135M-Instruct",
        List.of(DataSource.defaults()),
        InfoNce.defaults(),
        Tuning.Lora.defaults(),
        BatchConfig.defaults(),
        OptimizerConfig.defaults(),
        Pooling.LAST_TOKEN,
        HeadConfig.PoolingOnly.defaults(),
        512,
        0,
        1,
        0,
        0,
        false,
        Precision.FP32,
        CheckpointConfig.defaults(),
        EvaluationConfig.defaults(),
        42);
  }
}
