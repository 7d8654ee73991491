package io.alidade.core;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// The six kinds of synthetic task of the paper: four asymmetric ones named by the length of query
/// and document, and two symmetric ones.
///
/// @see <a href="https://arxiv.org/abs/2401.00368">Wang et al., Improving Text Embeddings with
///   Large Language Models, 2024</a>, section 3.1
public enum TaskKind {
  SHORT_LONG(false),
  LONG_SHORT(false),
  SHORT_SHORT(false),
  LONG_LONG(false),
  STS(true),
  BITEXT(true);

  private final boolean symmetric;

  TaskKind(boolean symmetric) {
    this.symmetric = symmetric;
  }

  /// Whether query and document play the same part, so that the instruction goes on both.
  public boolean symmetric() {
    return symmetric;
  }

  /// The name in files and recipes, such as `short-long`.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// The kind with this [#label].
  ///
  /// @throws IllegalArgumentException for any other text, naming the allowed ones
  public static TaskKind of(String label) {
    for (TaskKind kind : values()) {
      if (kind.label().equals(label)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(
        "kind \"%s\" is none of %s"
            .formatted(
                label,
                Arrays.stream(values()).map(TaskKind::label).collect(Collectors.joining(", "))));
  }
}
