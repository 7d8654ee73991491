package io.alidade.train.optimizer;

/// AdamW's constants and the learning rate over time: linear from 0 to the peak during warm-up,
/// then by a schedule.
///
/// @param learningRate the peak, above 0
/// @param schedule how the learning rate goes on after warm-up
/// @param weightDecay decoupled, applied to all trained matrices and neither to norms, biases nor
///   latents
/// @param warmupSteps steps until the peak, or 0 to use `warmupShare`
/// @param warmupShare share of all steps until the peak, in `[0, 1)`
/// @param beta1 decay of the gradient's mean
/// @param beta2 decay of the squared gradient's mean
/// @param epsilon added to the denominator
/// @param maxGradientNorm gradients with a larger Euclidean norm are scaled down to it; 0 for never
/// @see <a href="https://arxiv.org/abs/1711.05101">Loshchilov and Hutter, Decoupled Weight Decay
///   Regularization, 2017</a>
public record OptimizerConfig(
    double learningRate,
    Schedule schedule,
    double weightDecay,
    int warmupSteps,
    double warmupShare,
    double beta1,
    double beta2,
    double epsilon,
    double maxGradientNorm) {

  public OptimizerConfig {
    check(learningRate > 0, "learningRate must be above 0, is " + learningRate);
    check(weightDecay >= 0, "weightDecay must be at least 0, is " + weightDecay);
    check(warmupSteps >= 0, "warmupSteps must be at least 0, is " + warmupSteps);
    check(warmupShare >= 0 && warmupShare < 1, "warmupShare must be in [0, 1), is " + warmupShare);
    check(beta1 >= 0 && beta1 < 1, "beta1 must be in [0, 1), is " + beta1);
    check(beta2 >= 0 && beta2 < 1, "beta2 must be in [0, 1), is " + beta2);
    check(epsilon > 0, "epsilon must be above 0, is " + epsilon);
    check(maxGradientNorm >= 0, "maxGradientNorm must be at least 0, is " + maxGradientNorm);
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  /// The paper's: 1e-4 with 100 warm-up steps and linear decay, weight decay 0.1.
  public static OptimizerConfig defaults() {
    return new OptimizerConfig(1e-4, Schedule.LINEAR, 0.1, 100, 0, 0.9, 0.999, 1e-8, 1.0);
  }

  /// The learning rate of a step, counted from 0.
  public double learningRateAt(int step, int steps) {
    double warmup = warmupSteps > 0 ? warmupSteps : warmupShare * steps;
    if (step < warmup) {
      return learningRate * (step + 1) / Math.max(1, Math.ceil(warmup));
    }
    return schedule.at(learningRate, Math.max(0, steps - step), Math.max(1, steps - warmup));
  }
}
