package io.alidade.eval;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/// Minimises a smooth convex function by limited-memory BFGS with a backtracking line search.
///
/// @see <a href="https://doi.org/10.1007/BF01589116">Liu and Nocedal, On the limited memory BFGS
///   method for large scale optimization, 1989</a>
final class Lbfgs {
  private static final int MEMORY = 10;
  private static final double SUFFICIENT_DECREASE = 1e-4;

  /// A function with its gradient.
  interface Function {
    /// The value at x; the gradient goes into the second array.
    double at(double[] x, double[] gradient);
  }

  /// One remembered step and the change of gradient over it.
  private static final class Step {
    private final double[] move;
    private final double[] change;
    private final double curvature;

    private Step(double[] move, double[] change, double curvature) {
      this.move = move;
      this.change = change;
      this.curvature = curvature;
    }
  }

  private Lbfgs() {}

  /// Improves x in place until no component of the gradient is above the tolerance.
  static void minimise(Function function, double[] x, int maxIterations, double tolerance) {
    double[] gradient = new double[x.length];
    double value = function.at(x, gradient);
    var steps = new ArrayDeque<Step>();
    for (int i = 0; i < maxIterations && largest(gradient) > tolerance; i++) {
      double[] direction = direction(gradient, steps);
      double slope = dot(direction, gradient);
      double[] candidate = new double[x.length];
      double[] candidateGradient = new double[x.length];
      double scale = steps.isEmpty() ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
      double candidateValue = value;
      boolean lower = false;
      // A decrease below the last digit of the value cannot be seen: then this is the optimum.
      for (; !lower && -slope * scale > Math.ulp(value); scale /= 2) {
        moved(x, direction, scale, candidate);
        candidateValue = function.at(candidate, candidateGradient);
        lower = candidateValue <= value + SUFFICIENT_DECREASE * scale * slope;
      }
      if (!lower) {
        return;
      }
      remember(steps, x, candidate, gradient, candidateGradient);
      System.arraycopy(candidate, 0, x, 0, x.length);
      gradient = candidateGradient;
      value = candidateValue;
    }
  }

  /// The two-loop recursion: minus the approximate inverse Hessian times the gradient.
  private static double[] direction(double[] gradient, Deque<Step> steps) {
    double[] q = gradient.clone();
    double[] alphas = new double[steps.size()];
    int k = 0;
    for (Step step : steps) {
      alphas[k] = dot(step.move, q) / step.curvature;
      add(q, step.change, -alphas[k++]);
    }
    if (!steps.isEmpty()) {
      Step newest = steps.getFirst();
      scale(q, newest.curvature / dot(newest.change, newest.change));
    }
    for (Iterator<Step> oldestFirst = steps.descendingIterator(); oldestFirst.hasNext(); ) {
      Step step = oldestFirst.next();
      double beta = dot(step.change, q) / step.curvature;
      add(q, step.move, alphas[--k] - beta);
    }
    scale(q, -1);
    return q;
  }

  private static void remember(
      Deque<Step> steps, double[] x, double[] next, double[] gradient, double[] nextGradient) {
    double[] move = next.clone();
    add(move, x, -1);
    double[] change = nextGradient.clone();
    add(change, gradient, -1);
    double curvature = dot(move, change);
    // Without positive curvature the approximation would lose its descent directions.
    if (curvature > 1e-12 * dot(change, change)) {
      steps.addFirst(new Step(move, change, curvature));
      if (steps.size() > MEMORY) {
        steps.removeLast();
      }
    }
  }

  private static void moved(double[] x, double[] direction, double scale, double[] result) {
    for (int i = 0; i < x.length; i++) {
      result[i] = x[i] + scale * direction[i];
    }
  }

  private static double largest(double[] x) {
    double largest = 0;
    for (double v : x) {
      largest = Math.max(largest, Math.abs(v));
    }
    return largest;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void add(double[] to, double[] x, double factor) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * x[i];
    }
  }

  private static void scale(double[] x, double factor) {
    for (int i = 0; i < x.length; i++) {
      x[i] *= factor;
    }
  }
}
