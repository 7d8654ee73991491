package io.alidade.train.optimizer;

/// How the learning rate goes on from its peak, after warm-up.
public enum Schedule {
  /// Straight to 0 at the last step.
  LINEAR,
  /// Along half a cosine to 0 at the last step.
  COSINE,
  /// It stays.
  CONSTANT;

  /// @param left steps that are left, this one included
  /// @param all steps from the peak on
  double at(double peak, double left, double all) {
    return switch (this) {
      case LINEAR -> peak * left / all;
      case COSINE -> peak * 0.5 * (1 + Math.cos(Math.PI * (1 - left / all)));
      case CONSTANT -> peak;
    };
  }
}
