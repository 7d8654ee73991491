package io.alidade.eval;

import io.alidade.core.AlidadeException;
import io.alidade.data.ClassificationTask;
import io.alidade.data.ClassificationTask.LabelledText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// mteb's way to measure classification: several times, a few training texts of each class are
/// drawn, a logistic regression is fitted to their vectors, and its accuracy on all test texts is
/// taken. Which texts are drawn is a function of the seed and the number of the draw alone.
///
/// @see <a href="https://arxiv.org/abs/2210.07316">Muennighoff et al., MTEB, 2022</a>, section 3.2
final class ClassificationDraws {
  private static final int MAX_ITERATIONS = 1000;

  private final ClassificationTask task;
  private final EvaluationSettings settings;
  private final List<String> labels;

  /// For each draw, places in the training texts.
  private final List<List<Integer>> draws = new ArrayList<>();

  /// The places that any draw uses, in order: only these are embedded.
  private final List<Integer> used;

  ClassificationDraws(ClassificationTask task, EvaluationSettings settings) {
    this.task = task;
    this.settings = settings;
    var byLabel = new TreeMap<String, List<Integer>>();
    for (int i = 0; i < task.train().size(); i++) {
      byLabel.computeIfAbsent(task.train().get(i).label(), _ -> new ArrayList<>()).add(i);
    }
    if (byLabel.size() < 2) {
      throw new AlidadeException(
          "task %s has %d class in its training texts; two or more are needed"
              .formatted(task.name(), byLabel.size()));
    }
    this.labels = List.copyOf(byLabel.keySet());
    for (int draw = 0; draw < settings.draws(); draw++) {
      var random = new SplittableRandom(settings.seed() * 1_000_003L + draw);
      var drawn = new ArrayList<Integer>();
      byLabel.values().forEach(places -> drawn.addAll(sample(places, random)));
      draws.add(drawn);
    }
    var all = new LinkedHashSet<Integer>();
    draws.forEach(all::addAll);
    this.used = all.stream().sorted().toList();
  }

  /// The training texts to embed, in the order in which [#scores] takes their vectors.
  List<String> trainingTexts() {
    return used.stream().map(place -> task.train().get(place).text()).toList();
  }

  /// For each test text the share of draws in which it was classified rightly.
  ItemScores.Mean scores(float[][] trainVectors, float[][] testVectors) {
    boolean[][] right = new boolean[draws.size()][];
    Parallel.forEach(
        draws.size(),
        settings.threads(),
        draw -> right[draw] = classify(draws.get(draw), trainVectors, testVectors));
    var items = new ArrayList<ItemScores.Mean.Value>();
    for (int i = 0; i < testVectors.length; i++) {
      int count = 0;
      for (boolean[] draw : right) {
        count += draw[i] ? 1 : 0;
      }
      items.add(new ItemScores.Mean.Value(String.valueOf(i), (double) count / right.length));
    }
    return new ItemScores.Mean(items);
  }

  private boolean[] classify(List<Integer> drawn, float[][] trainVectors, float[][] testVectors) {
    List<float[]> vectors =
        drawn.stream().map(place -> trainVectors[Collections.binarySearch(used, place)]).toList();
    int[] classes =
        drawn.stream().mapToInt(place -> labels.indexOf(task.train().get(place).label())).toArray();
    var model = LogisticRegression.fit(vectors, classes, labels.size(), MAX_ITERATIONS);
    boolean[] right = new boolean[testVectors.length];
    for (int i = 0; i < right.length; i++) {
      LabelledText row = task.test().get(i);
      right[i] = labels.get(model.predict(testVectors[i])).equals(row.label());
    }
    return right;
  }

  /// Draws without putting back: the start of a Fisher-Yates shuffle.
  private List<Integer> sample(List<Integer> places, SplittableRandom random) {
    int count = Math.min(settings.samplesPerClass(), places.size());
    int[] shuffled = places.stream().mapToInt(Integer::intValue).toArray();
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i, shuffled.length);
      int place = shuffled[i];
      shuffled[i] = shuffled[j];
      shuffled[j] = place;
    }
    return Arrays.stream(shuffled).limit(count).boxed().toList();
  }
}
