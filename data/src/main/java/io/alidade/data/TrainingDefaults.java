package io.alidade.data;

import io.alidade.core.TaskKind;

/// What an example takes where its line names none.
///
/// @param instruction the bare task sentence; empty leaves the queries bare
/// @param language an ISO 639-1 code, or `und` (undetermined)
public record TrainingDefaults(String instruction, TaskKind kind, String language) {
  public static final TaskKind KIND = TaskKind.SHORT_LONG;
  public static final String LANGUAGE = "und";

  public static TrainingDefaults of(String instruction) {
    return new TrainingDefaults(instruction, KIND, LANGUAGE);
  }
}
