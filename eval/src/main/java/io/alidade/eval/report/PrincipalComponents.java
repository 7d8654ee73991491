package io.alidade.eval.report;

import io.alidade.eval.report.TextMap.Place;
import java.util.ArrayList;
import java.util.List;

/// The two directions in which vectors spread most, by power iteration on their centred covariance.
/// The start is fixed and each direction's sign is chosen, so that equal vectors give equal maps.
final class PrincipalComponents {
  private static final int ITERATIONS = 100;

  /// `[texts, dimensions]`, with mean zero.
  private final double[][] centred;

  PrincipalComponents(float[][] vectors) {
    int dimensions = vectors.length == 0 ? 0 : vectors[0].length;
    double[] mean = new double[dimensions];
    for (float[] vector : vectors) {
      for (int d = 0; d < dimensions; d++) {
        mean[d] += vector[d] / (double) vectors.length;
      }
    }
    centred = new double[vectors.length][dimensions];
    for (int i = 0; i < vectors.length; i++) {
      for (int d = 0; d < dimensions; d++) {
        centred[i][d] = vectors[i][d] - mean[d];
      }
    }
  }

  /// The texts on the plane of the first two directions, in the unit square with equal scales.
  List<Place> places() {
    if (centred.length == 0) {
      return List.of();
    }
    double[] first = direction(new double[centred[0].length]);
    double[] x = projected(first);
    double[] y = projected(direction(first));
    double extent = 1e-12;
    for (int i = 0; i < x.length; i++) {
      extent = Math.max(extent, Math.max(Math.abs(x[i]), Math.abs(y[i])));
    }
    var places = new ArrayList<Place>();
    for (int i = 0; i < x.length; i++) {
      places.add(new Place(0.5 + x[i] / extent / 2, 0.5 - y[i] / extent / 2));
    }
    return places;
  }

  /// The direction of most spread at a right angle to the given one (or to none, if zero).
  private double[] direction(double[] other) {
    double[] direction = new double[other.length];
    for (int d = 0; d < direction.length; d++) {
      direction[d] = Math.sin(d + 1.0);
    }
    for (int i = 0; i < ITERATIONS; i++) {
      removePart(direction, other);
      double[] projected = projected(direction);
      double[] next = new double[direction.length];
      for (int t = 0; t < centred.length; t++) {
        for (int d = 0; d < next.length; d++) {
          next[d] += projected[t] * centred[t][d];
        }
      }
      removePart(next, other);
      double norm = Math.sqrt(dot(next, next));
      if (norm < 1e-12) {
        break; // no spread left: any direction will do
      }
      for (int d = 0; d < next.length; d++) {
        direction[d] = next[d] / norm;
      }
    }
    return pointingUp(direction);
  }

  private static double[] pointingUp(double[] direction) {
    double largest = 0;
    for (double x : direction) {
      largest = Math.abs(x) > Math.abs(largest) ? x : largest;
    }
    for (int d = 0; d < direction.length && largest < 0; d++) {
      direction[d] = -direction[d];
    }
    return direction;
  }

  private double[] projected(double[] direction) {
    double[] lengths = new double[centred.length];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = dot(centred[i], direction);
    }
    return lengths;
  }

  private static void removePart(double[] from, double[] other) {
    double part = dot(from, other);
    for (int d = 0; d < from.length; d++) {
      from[d] -= part * other[d];
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int d = 0; d < a.length; d++) {
      sum += a[d] * b[d];
    }
    return sum;
  }
}
