package io.alidade.train.objective;

import io.alidade.tensor.Tensor;
import java.util.List;

/// How near two vectors of length 1 are, higher for nearer, row by row of two matrices.
enum PairScore {
  /// `u·v`
  COSINE {
    @Override
    Tensor of(Tensor left, Tensor right) {
      return left.times(right).sumLast();
    }

    @Override
    Sides gradient(Tensor left, Tensor right, Tensor slopes) {
      return new Sides(right.times(slopes), left.times(slopes));
    }
  },

  /// `−‖u − v‖`, whose gradient is 0 where both are the same.
  EUCLIDEAN {
    @Override
    Tensor of(Tensor left, Tensor right) {
      return left.minus(right).norms().timesInPlace(-1);
    }

    @Override
    Sides gradient(Tensor left, Tensor right, Tensor slopes) {
      Tensor difference = left.minus(right);
      Tensor inverse = difference.norms().add(NO_DISTANCE).inverse();
      Tensor toRight = difference.times(inverse).timesInPlace(slopes);
      return new Sides(toRight.times(-1), toRight);
    }
  },

  /// The angle of complex numbers, `|Σ Re(z w̄) + Σ Im(z w̄)|` with the halves of a vector as real
  /// and imaginary parts: `z = a + ib`, `w = c + id`, so that the sum is `a·(c − d) + b·(c + d)`.
  ANGLE {
    @Override
    Tensor of(Tensor left, Tensor right) {
      Tensor sum = signed(left, right);
      return sum.times(sum.sign());
    }

    @Override
    Sides gradient(Tensor left, Tensor right, Tensor slopes) {
      Tensor signed = slopes.times(signed(left, right).sign());
      return new Sides(turned(right).times(signed), turnedBack(left).times(signed));
    }

    private static Tensor signed(Tensor left, Tensor right) {
      return left.times(turned(right)).sumLast();
    }

    // [c − d, c + d]
    private static Tensor turned(Tensor x) {
      return Tensor.concatenate(List.of(first(x).minus(second(x)), first(x).plus(second(x))), 1);
    }

    // [a + b, b − a]
    private static Tensor turnedBack(Tensor x) {
      return Tensor.concatenate(List.of(first(x).plus(second(x)), second(x).minus(first(x))), 1);
    }

    private static Tensor first(Tensor x) {
      return x.narrow(1, 0, x.size(1) / 2);
    }

    private static Tensor second(Tensor x) {
      return x.narrow(1, x.size(1) / 2, x.size(1) / 2);
    }
  };

  /// Added to distances before dividing by them.
  private static final double NO_DISTANCE = 1e-12;

  /// The gradients with respect to both matrices.
  record Sides(Tensor left, Tensor right) {}

  /// The scores, `[pairs, 1]`, of matrices `[pairs, hidden]`.
  abstract Tensor of(Tensor left, Tensor right);

  /// The gradients of a function of the scores.
  ///
  /// @param slopes the function's derivative by each score, `[pairs, 1]`
  abstract Sides gradient(Tensor left, Tensor right, Tensor slopes);
}
