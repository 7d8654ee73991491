package io.alidade.train.objective;

import io.alidade.core.Annotation;
import io.alidade.core.TextInput;
import io.alidade.core.recipe.RecipeBinder;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.testkit.Golden;
import io.alidade.train.objective.Relation.Source;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/// The batch and the cases of `testkit/scripts/golden_objectives.py`.
final class GoldenBatch {
  static final JsonNode GOLDEN = Golden.json("objectives/objectives.json");

  private GoldenBatch() {}

  static List<String> cases() {
    return List.copyOf(GOLDEN.get("cases").propertyNames());
  }

  /// The objective of a case, as a recipe would bind it.
  static Objective objective(String name) {
    JsonNode tree = GOLDEN.get("cases").get(name).get("objective");
    return new RecipeBinder(name).bind(Objective.class, tree);
  }

  /// Vectors of any length.
  static Vectors raw(DType dtype) {
    double[] classifier = numbers(GOLDEN.get("classifier"));
    return new Vectors(
        matrix(GOLDEN.get("queries")).to(dtype),
        matrix(GOLDEN.get("candidates")).to(dtype),
        Optional.of(Tensor.of(classifier, classifier.length).to(dtype)));
  }

  static Vectors normalized(Vectors raw) {
    return new Vectors(unit(raw.queries()), unit(raw.candidates()), raw.classifier());
  }

  private static Tensor unit(Tensor rows) {
    return rows.times(rows.norms().inverse());
  }

  static Relation relation() {
    var queries = new ArrayList<Source>();
    var candidates = new ArrayList<Source>();
    List<String> queryTexts = texts(GOLDEN.get("query_texts"));
    List<String> texts = texts(GOLDEN.get("texts"));
    List<String> documents = texts(GOLDEN.get("documents"));
    int pairs = queryTexts.size();
    for (int i = 0; i < pairs; i++) {
      queries.add(new Source(i, TextInput.query("task", queryTexts.get(i)), ""));
    }
    for (int i = 0; i < texts.size(); i++) {
      candidates.add(new Source(i % pairs, TextInput.document(texts.get(i)), documents.get(i)));
    }
    return new Relation(
        queries, candidates, IntStream.range(0, pairs).mapToObj(GoldenBatch::annotation).toList());
  }

  /// The same batch of which no two texts are known to be the same.
  static Relation unrelated() {
    var queries = new ArrayList<Source>();
    var candidates = new ArrayList<Source>();
    Relation relation = relation();
    for (Source query : relation.queries()) {
      queries.add(new Source(query.example(), TextInput.query("", "q" + queries.size()), ""));
    }
    for (Source candidate : relation.candidates()) {
      String text = "c" + candidates.size();
      candidates.add(new Source(candidate.example(), TextInput.document(text), ""));
    }
    return new Relation(queries, candidates, relation.annotations());
  }

  private static Annotation annotation(int example) {
    double[] teacher = numbers(GOLDEN.get("teacher").get(example));
    return new Annotation(
        Optional.of(GOLDEN.get("grades").get(example).doubleValue()),
        Optional.of(GOLDEN.get("labels").get(example).asString()),
        Arrays.stream(teacher).boxed().toList(),
        List.of());
  }

  static Tensor matrix(JsonNode rows) {
    double[] values = numbers(rows);
    return Tensor.of(values, rows.size(), values.length / rows.size());
  }

  /// All numbers below a node, row after row.
  static double[] numbers(JsonNode node) {
    return node.isArray()
        ? node.valueStream().map(GoldenBatch::numbers).flatMapToDouble(Arrays::stream).toArray()
        : new double[] {node.doubleValue()};
  }

  private static List<String> texts(JsonNode node) {
    return node.valueStream().map(JsonNode::asString).toList();
  }
}
