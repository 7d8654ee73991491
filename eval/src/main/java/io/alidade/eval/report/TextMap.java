package io.alidade.eval.report;

import java.util.ArrayList;
import java.util.List;

/// Texts as points on a plane, before and after; each side's plane is its own.
public record TextMap(List<Point> points) {

  /// A text with its label and its places, each coordinate in `[0, 1]`.
  public record Point(String text, String label, Place before, Place after) {}

  /// A place on the plane.
  public record Place(double x, double y) {}

  public TextMap {
    points = List.copyOf(points);
  }

  public static TextMap none() {
    return new TextMap(List.of());
  }

  /// The two principal components of each model's vectors `[texts, dimensions]`.
  ///
  /// @param labels one a text, by which points are coloured
  public static TextMap of(
      List<String> texts, List<String> labels, float[][] before, float[][] after) {
    List<Place> placesBefore = new PrincipalComponents(before).places();
    List<Place> placesAfter = new PrincipalComponents(after).places();
    var points = new ArrayList<Point>();
    for (int i = 0; i < texts.size(); i++) {
      points.add(new Point(texts.get(i), labels.get(i), placesBefore.get(i), placesAfter.get(i)));
    }
    return new TextMap(points);
  }
}
