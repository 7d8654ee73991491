package io.alidade.eval.report;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How a training run went, step by step.
///
/// @param steps in their order
/// @param scores of the steps that were measured, in their order
/// @param keptStep the step that the model is of; 0 while that is open
public record TrainingCurves(List<Step> steps, List<Scores> scores, int keptStep) {

  public TrainingCurves {
    steps = List.copyOf(steps);
    scores = List.copyOf(scores);
  }

  /// One optimizer step. A quantity that is 0 in all steps was not measured.
  ///
  /// @param step counted from 1
  /// @param gradientNorm before clipping
  /// @param memoryBytes resident memory after the step
  public record Step(
      int step,
      double loss,
      double gradientNorm,
      double learningRate,
      double tokensPerSecond,
      long memoryBytes) {}

  /// What a step's model scores.
  ///
  /// @param mean of all tasks
  public record Scores(int step, double mean, Map<String, Double> byTask) {
    public Scores {
      byTask = Collections.unmodifiableMap(new LinkedHashMap<>(byTask));
    }
  }

  public static TrainingCurves none() {
    return new TrainingCurves(List.of(), List.of(), 0);
  }

  /// The scores with the best mean, the first of equals.
  public Optional<Scores> best() {
    return scores.stream().max(Comparator.comparingDouble(Scores::mean));
  }
}
