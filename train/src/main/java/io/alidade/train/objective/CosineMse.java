package io.alidade.train.objective;

import io.alidade.core.Example;
import java.util.Optional;

/// Sentence-BERT's regression objective for graded pairs: the cosine should be the grade.
///
/// ```
/// y = (grade − least) / (greatest − least)
/// L = 1/n · Σᵢ (uᵢ·vᵢ − yᵢ)²,   ∂L/∂(uᵢ·vᵢ) = 2 (uᵢ·vᵢ − yᵢ) / n
/// ```
///
/// | paper symbol | here |
/// |---|---|
/// | u, v | rows of `queries` and of their positives (normalised) |
///
/// @param least the grade of pairs at a right angle, such as 0
/// @param greatest the grade of pairs that mean the same, such as 5
/// @see <a href="https://arxiv.org/abs/1908.10084">Reimers and Gurevych, Sentence-BERT, 2019</a>,
///   section 3, regression objective function
public record CosineMse(double least, double greatest) implements Objective {
  public CosineMse {
    if (!(least < greatest)) {
      throw new IllegalArgumentException(
          "greatest must be above least, is %s, and least %s".formatted(greatest, least));
    }
  }

  /// Grades from 0 to 1, which are cosines as they are.
  public static CosineMse defaults() {
    return new CosineMse(0, 1);
  }

  @Override
  public Loss compute(Vectors vectors, Relation relation) {
    Pairs pairs = Pairs.positives(PairScore.COSINE, relation);
    double[] scores = pairs.scores(vectors);
    double[] slopes = new double[scores.length];
    double loss = 0;
    for (int i = 0; i < scores.length; i++) {
      double error = scores[i] - wanted(relation.grade(i));
      loss += error * error / scores.length;
      slopes[i] = 2 * error / scores.length;
    }
    return new Loss(loss, pairs.gradient(vectors, slopes));
  }

  private double wanted(double grade) {
    return (grade - least) / (greatest - least);
  }

  @Override
  public HardNegatives hardNegatives() {
    return HardNegatives.UNUSED;
  }

  @Override
  public Optional<String> refusal(Example example) {
    return Checks.graded(example, "cosine-mse")
        .or(
            () ->
                example
                    .annotation()
                    .score()
                    .filter(grade -> grade < least || grade > greatest)
                    .map(this::outside));
  }

  private String outside(double grade) {
    return "score is %s, but objective cosine-mse has least %s and greatest %s"
        .formatted(Checks.number(grade), Checks.number(least), Checks.number(greatest));
  }
}
