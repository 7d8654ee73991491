package io.alidade.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.AlidadeException;
import io.alidade.core.Embedder;
import io.alidade.core.Progress;
import io.alidade.core.TextInput;
import io.alidade.data.ClassificationTask;
import io.alidade.data.EvaluationTask;
import io.alidade.data.IdentifiedText;
import io.alidade.data.RetrievalTask;
import io.alidade.data.TaskInfo;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EmbeddingEvaluatorTest {
  private static final EvaluationSettings SETTINGS = new EvaluationSettings(3, 4, 42, 1000, 10, 2);

  @Test
  void evaluate_everyType_findsWhatSharesWords() {
    for (EvaluationTask task : SampleTasks.all()) {
      TaskScores scores = scores(task, new WordsEmbedder());
      assertThat(scores.score()).as(task.name()).isEqualTo(1.0);
      assertThat(scores.items().score()).isEqualTo(scores.score());
      assertThat(scores.items().ids()).hasSize(task.items());
      assertThat(scores.metrics()).containsKey(task.info().metric());
    }
  }

  @Test
  void evaluate_retrieval_instructsQueriesOnly() {
    var embedder = new WordsEmbedder();
    TaskScores scores = scores(SampleTasks.retrieval(), embedder);
    assertThat(embedder.seen)
        .contains(TextInput.query("Find it", "what drives nails"))
        .contains(TextInput.document("Apples Apples grow on trees in an orchard"))
        .hasSize(5);
    assertThat(scores.rankings().get("q1")).extracting(Hit::document).startsWith("d1").hasSize(3);
  }

  @Test
  void evaluate_symmetricPairs_instructsBothSidesAndEmbedsEqualTextsOnce() {
    var embedder = new WordsEmbedder();
    scores(SampleTasks.sts(), embedder);
    assertThat(embedder.seen)
        .hasSize(3)
        .allMatch(input -> input instanceof TextInput.Query q && q.instruction().equals("Find it"));
  }

  @Test
  void evaluate_queryThatIsADocument_doesNotFindItself() {
    RetrievalTask task = SampleTasks.retrieval();
    var own = new RetrievalTask.Query("d3", "Trees give wood");
    var withSelf =
        new RetrievalTask(task.info(), task.corpus(), List.of(own), Map.of("d3", Map.of("d1", 1)));
    assertThat(scores(withSelf, new WordsEmbedder()).rankings().get("d3"))
        .extracting(Hit::document)
        .containsExactlyInAnyOrder("d1", "d2");
    var sameIdOnly = new RetrievalTask.Query("d3", "wood");
    var unrelated =
        new RetrievalTask(
            task.info(), task.corpus(), List.of(sameIdOnly), Map.of("d3", Map.of("d3", 1)));
    assertThat(scores(unrelated, new WordsEmbedder()).rankings().get("d3")).hasSize(3);
  }

  @Test
  void evaluate_twice_givesTheSameItems() {
    for (EvaluationTask task : SampleTasks.all()) {
      assertThat(scores(task, new WordsEmbedder()).items())
          .isEqualTo(scores(task, new WordsEmbedder()).items());
    }
  }

  @Test
  void evaluate_vectorNotFinite_namesTheText() {
    Embedder broken =
        new Embedder() {
          @Override
          public String name() {
            return "broken";
          }

          @Override
          public int dimensions() {
            return 1;
          }

          @Override
          public float[][] embed(List<TextInput> inputs) {
            float[][] vectors = new float[inputs.size()][1];
            vectors[0][0] = Float.NaN;
            return vectors;
          }

          @Override
          public void close() {}
        };
    assertThatThrownBy(() -> scores(SampleTasks.sts(), broken))
        .isInstanceOf(AlidadeException.class)
        .hasMessageContaining("broken gives a vector that is not finite for the text \"");
  }

  @Test
  void evaluate_oneTrainingClass_saysSo() {
    var task = SampleTasks.classification();
    var one =
        new ClassificationTask(
            task.info(),
            task.train().stream().filter(row -> row.label().equals("tool")).toList(),
            task.test());
    assertThatThrownBy(() -> scores(one, new WordsEmbedder()))
        .hasMessageContaining("has 1 class in its training texts; two or more are needed");
  }

  @Test
  void bm25_retrieval_findsWordsAndOthersAreNotApplicable() {
    var bm25 = new Bm25(SETTINGS);
    for (EvaluationTask task : SampleTasks.all()) {
      var scores = bm25.evaluate(task, Progress.NONE);
      assertThat(scores.isPresent()).isEqualTo(task instanceof RetrievalTask);
      scores.ifPresent(found -> assertThat(found.score()).isEqualTo(1.0));
    }
  }

  @Test
  void bm25_everyAnalyzer_survivesAnyQuery() {
    RetrievalTask task = SampleTasks.retrieval();
    for (String language : List.of("de", "zh", "hi", "und", "th", "ar")) {
      TaskInfo info = task.info();
      var other =
          task.withInfo(
              new TaskInfo(info.name(), "", false, info.metric(), language, info.sha256()));
      assertThat(new Bm25(SETTINGS).evaluate(other, Progress.NONE)).isPresent();
    }
    List<IdentifiedText> documents =
        task.corpus().stream().map(d -> new IdentifiedText(d.id(), d.content())).toList();
    try (var index = WordIndex.of(documents, "en")) {
      assertThat(index.search("the of ?!", 10)).isEmpty();
      assertThat(index.search("nails ".repeat(3000), 10)).hasSize(1);
    }
  }

  private static TaskScores scores(EvaluationTask task, Embedder embedder) {
    var model = new MeasuredModel(embedder.name(), "0".repeat(64), 512, 64, 0);
    return new EmbeddingEvaluator(embedder, model, SETTINGS)
        .evaluate(task, Progress.NONE)
        .orElseThrow();
  }
}
