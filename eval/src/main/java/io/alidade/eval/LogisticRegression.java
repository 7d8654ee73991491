package io.alidade.eval;

import java.util.Arrays;
import java.util.List;

/// Multinomial logistic regression with an L2 penalty on the coefficients and none on the
/// intercepts, fitted to the optimum in double precision. The objective is scikit-learn's:
///
/// `C · Σ_i −log softmax(W·x_i + b)[y_i] + ½ ‖W‖²`
///
/// Two classes have one row of coefficients (the other's is zero), as in scikit-learn: with two
/// rows the same penalty would have another optimum.
public final class LogisticRegression {
  /// The inverse strength of the penalty that scikit-learn and mteb use.
  public static final double C = 1;

  private static final double TOLERANCE = 1e-7;

  private final int classes;
  private final int dimensions;

  /// `[dimensions + 1, rows]`: the last line holds the intercepts. A row belongs to a class.
  private final double[] weights;

  private LogisticRegression(int classes, int dimensions, double[] weights) {
    this.classes = classes;
    this.dimensions = dimensions;
    this.weights = weights;
  }

  /// Fits the vectors `[examples, dimensions]` with their classes.
  ///
  /// @param labels each in `[0, classes)`
  /// @param maxIterations where the optimizer stops at the latest; mteb's is 100
  public static LogisticRegression fit(
      List<float[]> vectors, int[] labels, int classes, int maxIterations) {
    if (classes < 2) {
      throw new IllegalArgumentException("two classes or more are needed, got " + classes);
    }
    int dimensions = vectors.getFirst().length;
    var model =
        new LogisticRegression(classes, dimensions, new double[(dimensions + 1) * rows(classes)]);
    Lbfgs.minimise(
        (x, gradient) -> model.loss(vectors, labels, x, gradient),
        model.weights,
        maxIterations,
        TOLERANCE);
    return model;
  }

  /// The most probable class.
  public int predict(float[] vector) {
    double[] scores = probabilities(vector);
    int best = 0;
    for (int c = 1; c < classes; c++) {
      best = scores[c] > scores[best] ? c : best;
    }
    return best;
  }

  /// The probability of each class.
  public double[] probabilities(float[] vector) {
    double[] probabilities = new double[classes];
    logSoftmax(vector, weights, probabilities, 0);
    return probabilities;
  }

  /// The coefficient of a class; of two classes, class 1 has them all.
  double coefficient(int label, int dimension) {
    int offset = classes - rows(classes);
    return label < offset ? 0 : weights[dimension * rows(classes) + label - offset];
  }

  double intercept(int label) {
    return coefficient(label, dimensions);
  }

  private double loss(List<float[]> vectors, int[] labels, double[] x, double[] gradient) {
    Arrays.fill(gradient, 0);
    int rows = rows(classes);
    double[] p = new double[classes];
    double loss = 0;
    for (int i = 0; i < labels.length; i++) {
      float[] vector = vectors.get(i);
      loss -= C * logSoftmax(vector, x, p, labels[i]);
      p[labels[i]] -= 1;
      addOuter(vector, p, gradient, rows);
    }
    for (int k = 0; k < dimensions * rows; k++) {
      loss += 0.5 * x[k] * x[k];
      gradient[k] += x[k];
    }
    return loss;
  }

  /// Puts the probabilities into `p` and returns the logarithm of the one of the label.
  private double logSoftmax(float[] vector, double[] x, double[] p, int label) {
    int rows = rows(classes);
    int offset = classes - rows;
    p[0] = 0;
    System.arraycopy(x, dimensions * rows, p, offset, rows);
    for (int d = 0; d < dimensions; d++) {
      double value = vector[d];
      for (int r = 0; r < rows; r++) {
        p[offset + r] += value * x[d * rows + r];
      }
    }
    // The largest is taken off first, so that no exponential overflows.
    double largest = Arrays.stream(p).max().orElseThrow();
    double shifted = p[label] - largest;
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      p[c] = Math.exp(p[c] - largest);
      sum += p[c];
    }
    for (int c = 0; c < classes; c++) {
      p[c] /= sum;
    }
    return shifted - Math.log(sum);
  }

  /// Adds `C · vector · error` to the gradient `[dimensions + 1, rows]`.
  private void addOuter(float[] vector, double[] error, double[] gradient, int rows) {
    int offset = classes - rows;
    for (int d = 0; d <= dimensions; d++) {
      double value = d < dimensions ? C * vector[d] : C;
      for (int r = 0; r < rows; r++) {
        gradient[d * rows + r] += value * error[offset + r];
      }
    }
  }

  private static int rows(int classes) {
    return classes == 2 ? 1 : classes;
  }
}
