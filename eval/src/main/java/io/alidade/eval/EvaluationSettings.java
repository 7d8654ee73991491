package io.alidade.eval;

/// How tasks are measured; the defaults are mteb's. Threads change the time only.
///
/// @param draws classification: how many training samples are drawn; their accuracies are averaged
/// @param samplesPerClass classification: texts of each class in a draw
/// @param depth retrieval: how many documents a ranking holds
/// @param keptHits retrieval: how many of them are kept in the results
public record EvaluationSettings(
    int draws, int samplesPerClass, long seed, int depth, int keptHits, int threads) {

  public EvaluationSettings {
    if (draws < 1 || samplesPerClass < 1 || depth < 1 || keptHits < 0 || threads < 1) {
      throw new IllegalArgumentException(
          "draws, samplesPerClass, depth and threads must be 1 or more, got %d, %d, %d, %d"
              .formatted(draws, samplesPerClass, depth, threads));
    }
  }

  public static EvaluationSettings defaults() {
    return new EvaluationSettings(10, 8, 42, 1000, 10, Runtime.getRuntime().availableProcessors());
  }

  public EvaluationSettings withSeed(long other) {
    return new EvaluationSettings(draws, samplesPerClass, other, depth, keptHits, threads);
  }

  /// What results depend on, for the key under which they are found again.
  String identity() {
    return "draws=%d samples=%d seed=%d depth=%d hits=%d"
        .formatted(draws, samplesPerClass, seed, depth, keptHits);
  }
}
