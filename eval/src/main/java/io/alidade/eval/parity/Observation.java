package io.alidade.eval.parity;

import java.util.List;

/// What a server answered to one case in one way.
public record Observation(ParityCase asked, Way way, Answer answer) {

  /// How the case was asked.
  public enum Way {
    ALONE("alone"),
    BATCH("in a batch"),
    BASE64("as base64");

    private final String label;

    Way(String label) {
      this.label = label;
    }

    /// For people.
    public String label() {
      return label;
    }
  }

  /// A vector, or a refusal.
  public sealed interface Answer {}

  /// The vector that came, of any length.
  public record Given(List<Float> vector) implements Answer {
    public Given {
      vector = List.copyOf(vector);
    }
  }

  /// The server would not have the text.
  public record Refused(String reason) implements Answer {}

  /// The cosine between the vector that came and the expected one; 0 where none came.
  public double cosine() {
    return switch (answer) {
      case Given(List<Float> vector) -> Vectors.cosine(asked.expected(), vector);
      case Refused _ -> 0;
    };
  }

  /// The length of the vector that came; 0 where none came.
  public double norm() {
    return switch (answer) {
      case Given(List<Float> vector) -> Vectors.norm(vector);
      case Refused _ -> 0;
    };
  }

  /// Whether the vector is not the expected one. A refusal is not counted as that.
  public boolean differs(double gate) {
    return answer instanceof Given && !(cosine() >= gate);
  }
}
