package io.alidade.eval.report;

import io.alidade.eval.PairedBootstrap.Difference;
import io.alidade.eval.report.ReportData.Command;
import io.alidade.eval.report.ReportData.Headline;
import io.alidade.eval.report.ReportData.Measurement;
import io.alidade.eval.report.ReportData.Origin;
import io.alidade.eval.report.ReportData.RankedQuery;
import io.alidade.eval.report.ReportData.RankedText;
import io.alidade.eval.report.ReportData.TaskRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// A report of the size a real run gives, from made-up numbers.
final class SampleReport {
  static final String HOSTILE = "<script>alert('x')</script> & \"quoted\" <img src=x onerror=y>";

  private static final String RAW = "Raw, mean pooling";
  private static final String BM25 = "BM25";
  private static final String SHELF = "e5-small-v2";
  private static final List<String> SUBJECTS =
      List.of("cards", "transfers", "exchange", "identity", "refunds");

  private SampleReport() {}

  static ReportData data() {
    return new ReportData(
        "SmolLM2-135M, tuned on synthetic pairs",
        "A decoder of 135 million parameters became an embedding model in 270 steps on two cores.",
        origin(),
        headlines(),
        tasks(),
        List.of(RAW, BM25, SHELF),
        SHELF,
        curves(),
        queries(),
        similarities(),
        map(),
        List.of(
            new Measurement("Training", "312 tokens/s", "real tokens, no padding counted"),
            new Measurement("Embedding", "871 tokens/s", "float32, 2 threads"),
            new Measurement("Peak memory", "2.9 GB", "resident, while training")),
        List.of(
            new Command(
                "./alidade search --model out/train/model --corpus docs/ \"how do I get a refund\"",
                "Search your own documents"),
            new Command(
                "./alidade evaluate --model out/train/model --tasks my-data/ --out evaluation",
                "Measure it on your own data"),
            new Command(
                "./alidade serve --model out/train/model --port 8080",
                "Serve it to other programs")));
  }

  private static List<Headline> headlines() {
    return List.of(
        new Headline("Retrieval, nDCG@10", "0.874", "from 0.091"),
        new Headline("Similarity, Spearman", "0.742", "from 0.263"),
        new Headline("Training", "6 min 12 s", "270 steps, 2,160 examples"),
        new Headline("Cost", "0 USD", "all on this machine"));
  }

  private static Origin origin() {
    Map<String, Long> kinds = new LinkedHashMap<>();
    kinds.put("short-long", 990L);
    kinds.put("sts", 585L);
    kinds.put("bitext", 525L);
    kinds.put("long-short", 60L);
    Map<String, Long> languages = new LinkedHashMap<>();
    languages.put("en", 1203L);
    languages.put("de", 410L);
    languages.put("fr", 322L);
    languages.put("en-de", 225L);
    Map<String, String> recipe = new LinkedHashMap<>();
    recipe.put("objective.type", "info-nce");
    recipe.put("objective.temperature", "0.02");
    recipe.put("tuning.rank", "16");
    recipe.put("optimizer.learning_rate", "1.0E-3");
    recipe.put("max_tokens", "48");
    return new Origin(
        "HuggingFaceTB/SmolLM2-135M-Instruct",
        "9f3c".repeat(16),
        "data/train.jsonl",
        "07ab".repeat(16),
        kinds,
        languages,
        recipe,
        42,
        Map.of("alidade", "0.1.0"),
        "2 cores, AVX-512, 24 GB");
  }

  private static List<TaskRow> tasks() {
    return List.of(
        task(
            "handbook-search",
            "retrieval",
            "ndcg_at_10",
            new Difference(0.091, 0.874, 0.741, 0.822),
            Map.of(RAW, 0.446, BM25, 0.902, SHELF, 0.941)),
        task(
            "sentence-similarity",
            "sts",
            "cosine_spearman",
            new Difference(0.263, 0.742, 0.441, 0.517),
            Map.of(RAW, 0.374, SHELF, 0.731)),
        task(
            "intents",
            "classification",
            "accuracy",
            new Difference(0.594, 0.612, -0.006, 0.041),
            Map.of(RAW, 0.294, SHELF, 0.588)),
        task(
            "duplicates",
            "pair-classification",
            "cosine_ap",
            new Difference(0.701, 0.662, -0.071, -0.009),
            Map.of(RAW, 0.689, SHELF, 0.655)));
  }

  private static TaskRow task(
      String name,
      String type,
      String metric,
      Difference difference,
      Map<String, Double> baselines) {
    String instruction = type.equals("sts") ? "Retrieve semantically similar text." : "";
    return new TaskRow(
        name, type, metric, instruction, "c0ffee".repeat(10) + "abcd", 250, difference, baselines);
  }

  static TrainingCurves curves() {
    var random = new Random(1);
    var steps = new ArrayList<TrainingCurves.Step>();
    var scores = new ArrayList<TrainingCurves.Scores>();
    for (int step = 1; step <= 270; step++) {
      double loss = 0.35 + 2.4 * Math.exp(-step / 45.0) + 0.25 * random.nextGaussian();
      double rate = 1e-3 * (step < 22 ? step / 22.0 : (270.0 - step) / 248);
      steps.add(
          new TrainingCurves.Step(
              step,
              Math.max(0.02, loss),
              1.5 + 6 * Math.exp(-step / 30.0) + random.nextDouble(),
              rate,
              312 + 20 * random.nextGaussian(),
              2_600_000_000L + 100_000_000L * Math.min(step, 30) / 10));
      if (step % 30 == 0) {
        scores.add(scores(step));
      }
    }
    return new TrainingCurves(steps, scores, 210);
  }

  /// Rising up to step 210.
  private static TrainingCurves.Scores scores(int step) {
    double rise = 1 - Math.exp(-Math.min(step, 210) / 60.0) - Math.max(0, step - 210) / 900.0;
    Map<String, Double> byTask = new LinkedHashMap<>();
    byTask.put("handbook-search", 0.091 + 0.79 * rise);
    byTask.put("sentence-similarity", 0.263 + 0.48 * rise);
    byTask.put("intents", 0.594 + 0.02 * rise);
    byTask.put("duplicates", 0.701 - 0.04 * rise);
    byTask.put("reviews, long ones; translated | graded", 0.41 + 0.1 * rise);
    double mean = byTask.values().stream().mapToDouble(d -> d).average().orElseThrow();
    return new TrainingCurves.Scores(step, mean, byTask);
  }

  private static List<RankedQuery> queries() {
    var queries = new ArrayList<RankedQuery>();
    for (String query :
        List.of("How long does a refund take to arrive?", "my card was swallowed by the machine")) {
      var before = new ArrayList<RankedText>();
      var after = new ArrayList<RankedText>();
      for (int i = 0; i < 5; i++) {
        before.add(
            new RankedText(
                "Opening hours of the branch offices in the northern region, and how they change around public holidays and in winter",
                0.97 - i / 100.0,
                i == 3));
        after.add(
            new RankedText(
                "Refunds are sent within three working days; your bank may need two more until the money shows in your account.",
                0.81 - i / 10.0,
                i < 2));
      }
      queries.add(new RankedQuery(query, before, after));
    }
    return queries;
  }

  private static SimilarityMap similarities() {
    var texts = new ArrayList<String>();
    for (int i = 0; i < 12; i++) {
      texts.add(
          "A sentence about "
              + SUBJECTS.get(i / 3)
              + ", said in way number "
              + (i % 3 + 1)
              + " of three");
    }
    return SimilarityMap.of(texts, vectors(12, 3, 0.9, 0.6), vectors(12, 3, 0.05, 0.6));
  }

  private static TextMap map() {
    var texts = new ArrayList<String>();
    var labels = new ArrayList<String>();
    for (int i = 0; i < 200; i++) {
      labels.add(SUBJECTS.get(i / 40));
      texts.add("Question number " + i + " about " + SUBJECTS.get(i / 40));
    }
    return TextMap.of(texts, labels, vectors(200, 40, 0.4, 2.2), vectors(200, 40, 0, 0.8));
  }

  /// Normalised vectors in groups: a shared part, a part of the group, and noise.
  private static float[][] vectors(int count, int group, double shared, double noise) {
    var random = new Random(2);
    float[][] vectors = new float[count][24];
    for (int i = 0; i < count; i++) {
      double norm = 0;
      for (int d = 0; d < 24; d++) {
        double own = d == i / group ? 1.6 : 0;
        vectors[i][d] = (float) (shared + own + noise * random.nextGaussian() / 3);
        norm += vectors[i][d] * vectors[i][d];
      }
      for (int d = 0; d < 24; d++) {
        vectors[i][d] /= (float) Math.sqrt(norm);
      }
    }
    return vectors;
  }
}
