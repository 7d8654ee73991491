package io.alidade.train;

/// Asked between steps whether to stop: a run that is interrupted writes a checkpoint first.
@FunctionalInterface
public interface StopSignal {

  /// Never stops.
  StopSignal NEVER = () -> false;

  boolean stopRequested();
}
