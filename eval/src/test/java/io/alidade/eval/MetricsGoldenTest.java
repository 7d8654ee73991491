package io.alidade.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The metrics against pytrec_eval, scikit-learn and scipy (testkit's `golden_metrics.py`).
class MetricsGoldenTest {
  private static final Offset<Double> EXACT = within(1e-12);
  private final JsonNode golden = golden();

  @Test
  void retrievalMetrics_gradedRunWithTies_equalPytrecEval() {
    JsonNode retrieval = golden.get("retrieval");
    for (var expected : retrieval.get("expected").properties()) {
      RetrievalMetrics metrics =
          new RetrievalMetrics(
              ranking(retrieval.get("run").get(expected.getKey())),
              grades(retrieval.get("qrels").get(expected.getKey())));
      Map<String, Double> values = new HashMap<>(metrics.all());
      values.put("map", metrics.averagePrecision());
      for (var value : expected.getValue().properties()) {
        assertThat(values.get(value.getKey()))
            .as(expected.getKey() + " " + value.getKey())
            .isCloseTo(value.getValue().asDouble(), EXACT);
      }
    }
  }

  @Test
  void averagePrecision_withTies_equalsScikitLearn() {
    for (JsonNode example : golden.get("average_precision")) {
      double[] labels = doubles(example.get("labels"));
      boolean[] truth = new boolean[labels.length];
      for (int i = 0; i < truth.length; i++) {
        truth[i] = labels[i] == 1;
      }
      assertThat(AveragePrecision.of(truth, doubles(example.get("scores"))))
          .isCloseTo(example.get("expected").asDouble(), EXACT);
    }
  }

  @Test
  void spearman_withTies_equalsScipy() {
    for (JsonNode example : golden.get("spearman")) {
      assertThat(Spearman.of(doubles(example.get("first")), doubles(example.get("second"))))
          .isCloseTo(example.get("expected").asDouble(), EXACT);
    }
  }

  @Test
  void logisticRegression_fit_equalsScikitLearnsOptimum() {
    for (JsonNode example : golden.get("logistic_regression")) {
      List<String> classes = texts(example.get("expected").get("classes"));
      int[] labels =
          texts(example.get("train_labels")).stream().mapToInt(classes::indexOf).toArray();
      var model = LogisticRegression.fit(vectors(example.get("train")), labels, 5, 1000);
      JsonNode coefficients = example.get("expected").get("converged_coefficients");
      for (int c = 0; c < classes.size(); c++) {
        double[] row = doubles(coefficients.get(c));
        for (int d = 0; d < row.length; d++) {
          assertThat(model.coefficient(c, d)).isCloseTo(row[d], within(1e-5));
        }
        double intercept = example.get("expected").get("converged_intercepts").get(c).asDouble();
        assertThat(model.intercept(c)).isCloseTo(intercept, within(1e-5));
      }
      List<String> predicted =
          vectors(example.get("test")).stream().map(v -> classes.get(model.predict(v))).toList();
      assertThat(predicted).isEqualTo(texts(example.get("expected").get("converged_predicted")));
    }
  }

  @Test
  void bitextF1_nearestByCosine_equalsScikitLearn() {
    JsonNode bitext = golden.get("bitext_mining");
    List<float[]> second = vectors(bitext.get("sentence2"));
    var search = ExactSearch.builder(4);
    for (int i = 0; i < second.size(); i++) {
      search.add(String.valueOf(i), second.get(i));
    }
    int[] nearest =
        search
            .build()
            .search(vectors(bitext.get("sentence1")).toArray(float[][]::new), 1, 2)
            .stream()
            .mapToInt(hits -> Integer.parseInt(hits.getFirst().document()))
            .toArray();
    JsonNode expected = bitext.get("expected");
    assertThat(nearest).containsExactly(ints(expected.get("nearest")));
    double sum = 0;
    for (double value : BitextF1.perItem(nearest)) {
      sum += value;
    }
    assertThat(sum / nearest.length).isCloseTo(expected.get("f1").asDouble(), EXACT);
  }

  private static List<String> ranking(JsonNode run) {
    var hits = new ArrayList<Hit>();
    run.properties().forEach(e -> hits.add(new Hit(e.getKey(), e.getValue().floatValue())));
    hits.sort(Hit.TREC_ORDER);
    return hits.stream().map(Hit::document).toList();
  }

  private static Map<String, Integer> grades(JsonNode judgements) {
    var grades = new HashMap<String, Integer>();
    judgements.properties().forEach(e -> grades.put(e.getKey(), e.getValue().asInt()));
    return grades;
  }

  private static List<float[]> vectors(JsonNode rows) {
    var vectors = new ArrayList<float[]>();
    for (JsonNode row : rows) {
      float[] vector = new float[row.size()];
      for (int d = 0; d < vector.length; d++) {
        vector[d] = row.get(d).floatValue();
      }
      vectors.add(vector);
    }
    return vectors;
  }

  private static double[] doubles(JsonNode values) {
    return values.valueStream().mapToDouble(JsonNode::asDouble).toArray();
  }

  private static int[] ints(JsonNode values) {
    return values.valueStream().mapToInt(JsonNode::asInt).toArray();
  }

  private static List<String> texts(JsonNode values) {
    return values.valueStream().map(JsonNode::asString).toList();
  }

  private static JsonNode golden() {
    try (InputStream in =
        MetricsGoldenTest.class.getResourceAsStream("/io/alidade/testkit/golden/metrics.json")) {
      assertThat(in).as("testkit's golden/metrics.json").isNotNull();
      return JsonMapper.shared().readTree(in);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
