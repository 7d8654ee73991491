package io.alidade.data;

/// What every evaluation task has beside its texts.
///
/// @param name for people and result files, such as `scifact`
/// @param instruction the bare task sentence; empty leaves all texts bare
/// @param symmetric whether the instruction goes on both sides
/// @param metric the metric that is the task's score, one of [TaskType#metrics]
/// @param language an ISO 639-1 code, or `und`
/// @param sha256 the hash of the task's files
public record TaskInfo(
    String name,
    String instruction,
    boolean symmetric,
    String metric,
    String language,
    String sha256) {

  public TaskInfo withInstruction(String text) {
    return new TaskInfo(name, text, symmetric, metric, language, sha256);
  }

  public TaskInfo withName(String text) {
    return new TaskInfo(text, instruction, symmetric, metric, language, sha256);
  }
}
