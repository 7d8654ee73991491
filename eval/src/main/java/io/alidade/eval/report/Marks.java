package io.alidade.eval.report;

/// Shapes that stand beside colours, for readers who do not tell those apart.
final class Marks {
  private Marks() {}

  /// Circle, square, triangle or diamond around the origin, as the data of an SVG path.
  static String path(int index) {
    return switch (index % 4) {
      case 0 -> "M-1 0a1 1 0 1 0 2 0a1 1 0 1 0 -2 0Z";
      case 1 -> "M-.9 -.9H.9V.9H-.9Z";
      case 2 -> "M0 -1.15L1.1 .85H-1.1Z";
      default -> "M0 -1.25L1.25 0L0 1.25L-1.25 0Z";
    };
  }
}
