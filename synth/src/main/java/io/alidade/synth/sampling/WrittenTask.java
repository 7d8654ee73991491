package io.alidade.synth.sampling;

/// A task out of a file.
///
/// @param place file and line, or the number in a JSON list, such as `tasks.txt:17`
public record WrittenTask(String text, String place) implements TaskChoice {}
