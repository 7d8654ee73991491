package io.alidade.eval;

import io.alidade.core.DotProduct;
import io.alidade.core.Embedder;
import io.alidade.core.Progress;
import io.alidade.core.TextInput;
import io.alidade.data.BitextTask;
import io.alidade.data.ClassificationTask;
import io.alidade.data.EvaluationTask;
import io.alidade.data.PairClassificationTask;
import io.alidade.data.RetrievalTask;
import io.alidade.data.StsTask;
import io.alidade.data.TaskInfo;
import io.alidade.data.TextPair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Measures an embedder on every type of task, as mteb does. The instruction goes on the queries
/// only, and on every text where the task is symmetric.
public final class EmbeddingEvaluator implements Evaluator {
  private final Embedder embedder;
  private final MeasuredModel model;
  private final EvaluationSettings settings;

  public EmbeddingEvaluator(Embedder embedder, MeasuredModel model, EvaluationSettings settings) {
    this.embedder = embedder;
    this.model = model;
    this.settings = settings;
  }

  @Override
  public MeasuredModel model() {
    return model;
  }

  @Override
  public String settings() {
    return settings.identity();
  }

  @Override
  public Optional<TaskScores> evaluate(EvaluationTask task, Progress progress) {
    long start = System.nanoTime();
    TaskScores scores =
        switch (task) {
          case RetrievalTask retrieval -> retrieval(retrieval, progress);
          case StsTask sts -> sts(sts, progress);
          case ClassificationTask classification -> classification(classification, progress);
          case PairClassificationTask pairs -> pairs(pairs, progress);
          case BitextTask bitext -> bitext(bitext, progress);
        };
    return Optional.of(scores.withSeconds((System.nanoTime() - start) / 1e9));
  }

  private TaskScores retrieval(RetrievalTask task, Progress progress) {
    List<TextInput> documents =
        task.corpus().stream().map(d -> secondSide(task.info(), d.content())).toList();
    List<TextInput> queries =
        task.queries().stream()
            .map(q -> TextInput.query(task.info().instruction(), q.text()))
            .toList();
    float[][] vectors = embed(documents, task.name() + " documents", progress);
    var search = ExactSearch.builder(embedder.dimensions());
    for (int i = 0; i < vectors.length; i++) {
      search.add(task.corpus().get(i).id(), vectors[i]);
    }
    List<List<Hit>> found =
        search
            .build()
            .search(
                embed(queries, task.name() + " queries", progress),
                settings.depth() + 1,
                settings.threads());
    return RetrievalScores.of(task, found, settings, documents.size() + queries.size());
  }

  private TaskScores sts(StsTask task, Progress progress) {
    double[] cosines =
        cosines(
            task.info(), task.pairs().stream().map(StsTask.GradedPair::texts).toList(), progress);
    var items = new ArrayList<ItemScores.Graded.Pair>();
    for (int i = 0; i < cosines.length; i++) {
      items.add(
          new ItemScores.Graded.Pair(String.valueOf(i), cosines[i], task.pairs().get(i).score()));
    }
    var scores = new ItemScores.Graded(items);
    return scores(task, Map.of("cosine_spearman", scores.score()), scores, 2L * items.size());
  }

  private TaskScores pairs(PairClassificationTask task, Progress progress) {
    double[] cosines =
        cosines(
            task.info(),
            task.pairs().stream().map(PairClassificationTask.LabelledPair::texts).toList(),
            progress);
    var items = new ArrayList<ItemScores.Binary.Case>();
    for (int i = 0; i < cosines.length; i++) {
      items.add(
          new ItemScores.Binary.Case(String.valueOf(i), cosines[i], task.pairs().get(i).label()));
    }
    var scores = new ItemScores.Binary(items);
    return scores(task, Map.of("cosine_ap", scores.score()), scores, 2L * items.size());
  }

  private TaskScores bitext(BitextTask task, Progress progress) {
    float[][][] sides = sides(task.info(), task.pairs(), progress);
    int[] nearest = nearest(sides[0], sides[1]);
    double[] values = BitextF1.perItem(nearest);
    var items = new ArrayList<ItemScores.Mean.Value>();
    int right = 0;
    for (int i = 0; i < values.length; i++) {
      items.add(new ItemScores.Mean.Value(String.valueOf(i), values[i]));
      right += nearest[i] == i ? 1 : 0;
    }
    var scores = new ItemScores.Mean(items);
    double accuracy = (double) right / items.size();
    return scores(
        task, Map.of("f1", scores.score(), "accuracy", accuracy), scores, 2L * items.size());
  }

  private TaskScores classification(ClassificationTask task, Progress progress) {
    var draws = new ClassificationDraws(task, settings);
    List<TextInput> train =
        draws.trainingTexts().stream().map(text -> firstSide(task.info(), text)).toList();
    List<TextInput> test =
        task.test().stream().map(row -> firstSide(task.info(), row.text())).toList();
    float[][] trainVectors = embed(train, task.name() + " training texts", progress);
    float[][] testVectors = embed(test, task.name() + " test texts", progress);
    var scores = draws.scores(trainVectors, testVectors);
    return scores(
        task, Map.of("accuracy", scores.score()), scores, (long) train.size() + test.size());
  }

  /// For each first vector the number of the nearest second one; of equally near ones the earliest.
  private int[] nearest(float[][] first, float[][] second) {
    var search = ExactSearch.builder(embedder.dimensions());
    // Ties fall to the highest id, so the earliest sentence gets the highest.
    for (int i = 0; i < second.length; i++) {
      search.add("%09d".formatted(second.length - i), second[i]);
    }
    return search.build().search(first, 1, settings.threads()).stream()
        .mapToInt(hits -> second.length - Integer.parseInt(hits.getFirst().document()))
        .toArray();
  }

  private double[] cosines(TaskInfo info, List<TextPair> pairs, Progress progress) {
    float[][][] sides = sides(info, pairs, progress);
    double[] cosines = new double[pairs.size()];
    for (int i = 0; i < cosines.length; i++) {
      cosines[i] = DotProduct.of(sides[0][i], sides[1][i]);
    }
    return cosines;
  }

  /// The vectors of both sides: `[2, pairs, dimensions]`.
  private float[][][] sides(TaskInfo info, List<TextPair> pairs, Progress progress) {
    var inputs = new ArrayList<TextInput>();
    pairs.forEach(pair -> inputs.add(firstSide(info, pair.first())));
    pairs.forEach(pair -> inputs.add(secondSide(info, pair.second())));
    float[][] vectors = embed(inputs, info.name(), progress);
    float[][] first = Arrays.copyOfRange(vectors, 0, pairs.size());
    float[][] second = Arrays.copyOfRange(vectors, pairs.size(), vectors.length);
    return new float[][][] {first, second};
  }

  private static TextInput firstSide(TaskInfo info, String text) {
    return TextInput.query(info.instruction(), text);
  }

  private static TextInput secondSide(TaskInfo info, String text) {
    return info.symmetric() ? firstSide(info, text) : TextInput.document(text);
  }

  private float[][] embed(List<TextInput> inputs, String what, Progress progress) {
    return TextVectors.of(embedder, inputs, what, progress);
  }

  private static TaskScores scores(
      EvaluationTask task, Map<String, Double> metrics, ItemScores items, long texts) {
    return new TaskScores(task.info(), task.type(), metrics, items, Map.of(), texts, 0);
  }
}
