package io.alidade.train.objective;

import io.alidade.core.Annotation;
import io.alidade.core.Example;
import io.alidade.core.recipe.Required;
import io.alidade.tensor.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// Sentence-BERT's classification objective for pairs with a class, such as those of natural
/// language inference.
///
/// ```
/// o = softmax(W [u; v; |u − v|] + b),   L = −1/n · Σᵢ log oᵢ(class of i)
/// G = (o − Y) / n
/// ∂L/∂W = Gᵀ F,   ∂L/∂b = Σᵢ Gᵢ,   ∂L/∂F = G W        F the rows [u; v; |u − v|]
/// ∂L/∂u = F₁ + F₃ ⊙ sign(u − v),   ∂L/∂v = F₂ − F₃ ⊙ sign(u − v)      the thirds of ∂L/∂F
/// ```
///
/// | paper symbol | here |
/// |---|---|
/// | u, v | rows of `queries` and of their positives; normalised, as the model gives them |
/// | W_t | the [ClassifierShape]'s matrix; `b` is sentence-transformers' |
/// | k | how many `classes` |
///
/// @param classes the labels, such as `[entailment, neutral, contradiction]`; a whole number in the
///   data counts these from 0
/// @see <a href="https://arxiv.org/abs/1908.10084">Reimers and Gurevych, Sentence-BERT, 2019</a>,
///   section 3, classification objective function
public record Softmax(@Required List<String> classes) implements Objective {
  private static final int PARTS = 3;

  public Softmax {
    classes = List.copyOf(classes);
    if (classes.size() < 2 || new HashSet<>(classes).size() < classes.size()) {
      throw new IllegalArgumentException(
          "classes must be two labels or more, none of them twice, is " + classes);
    }
  }

  /// Those of natural language inference, in the order of the public data sets.
  public static Softmax defaults() {
    return new Softmax(List.of("entailment", "neutral", "contradiction"));
  }

  @Override
  public Optional<ClassifierShape> classifier(int hidden) {
    return Optional.of(new ClassifierShape(classes.size(), PARTS * hidden));
  }

  @Override
  public Loss compute(Vectors vectors, Relation relation) {
    Tensor values =
        vectors.classifier().orElseThrow(() -> new IllegalArgumentException("no classifier"));
    int hidden = (int) vectors.queries().size(1);
    long n = vectors.queries().size(0);
    var shape = new ClassifierShape(classes.size(), PARTS * hidden);
    Tensor difference = vectors.queries().minus(vectors.positives());
    Tensor sign = difference.sign();
    Tensor features =
        Tensor.concatenate(
            List.of(vectors.queries(), vectors.positives(), difference.times(sign)), 1);
    Tensor logits = features.matmul(shape.matrix(values).t()).add(shape.bias(values));
    Tensor target = target(relation).to(logits.dtype());
    double value = -logits.logSoftmax(1).timesInPlace(target).sum() / n;

    Tensor residual = logits.softmax(1).add(target, -1).timesInPlace(1.0 / n);
    Tensor toFeatures = residual.matmul(shape.matrix(values));
    Tensor throughDifference = toFeatures.narrow(1, 2L * hidden, hidden).times(sign);
    Vectors gradient = vectors.zeros();
    gradient.queries().add(toFeatures.narrow(1, 0, hidden)).add(throughDifference);
    gradient.positives().add(toFeatures.narrow(1, hidden, hidden)).add(throughDifference, -1);
    gradient
        .classifier()
        .ifPresent(
            own -> {
              shape.matrix(own).addMatmul(residual.t(), features, 1);
              shape.bias(own).add(residual.sumFirst());
            });
    return new Loss(value, gradient);
  }

  /// One at each pair's class, `[queries, classes]`.
  private Tensor target(Relation relation) {
    int pairs = relation.queries().size();
    double[] target = new double[pairs * classes.size()];
    for (int i = 0; i < pairs; i++) {
      int place =
          place(relation.annotations().get(i))
              .orElseThrow(() -> new IllegalArgumentException("a pair of the batch has no class"));
      target[i * classes.size() + place] = 1;
    }
    return Tensor.of(target, pairs, classes.size());
  }

  /// The place of a pair's class among all.
  private Optional<Integer> place(Annotation annotation) {
    Optional<Integer> named = annotation.label().filter(classes::contains).map(classes::indexOf);
    return named.or(
        () ->
            annotation
                .score()
                .filter(number -> number == Math.rint(number))
                .map(Double::intValue)
                .filter(number -> number >= 0 && number < classes.size()));
  }

  @Override
  public HardNegatives hardNegatives() {
    return HardNegatives.UNUSED;
  }

  @Override
  public Optional<String> refusal(Example example) {
    if (place(example.annotation()).isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        "objective softmax needs a \"%s\" in every row: one of %s, or their numbers from 0"
            .formatted(Annotation.LABEL, String.join(", ", classes)));
  }
}
