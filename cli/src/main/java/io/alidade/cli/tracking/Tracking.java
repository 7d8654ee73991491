package io.alidade.cli.tracking;

import io.alidade.core.Progress;

/// Follows a training run from outside. Closing it without an end leaves the run as it is.
public interface Tracking extends AutoCloseable {

  /// Follows nothing.
  Tracking NONE =
      new Tracking() {
        @Override
        public Progress watch(Progress progress) {
          return progress;
        }

        @Override
        public void end(Ending ending) {}

        @Override
        public void close() {}
      };

  /// How a run ended, in MLflow's words.
  enum Ending {
    FINISHED,
    KILLED,
    FAILED
  }

  /// A listener that hears the same, and whose first report begins the following: before it the
  /// folder may hold another run.
  Progress watch(Progress progress);

  /// Sends what is left, within bounded time.
  void end(Ending ending);

  @Override
  void close();
}
