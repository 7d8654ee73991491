package io.alidade.eval;

import io.alidade.core.Progress;
import io.alidade.core.Sha256;
import io.alidade.data.BitextTask;
import io.alidade.data.ClassificationTask;
import io.alidade.data.EvaluationTask;
import io.alidade.data.IdentifiedText;
import io.alidade.data.PairClassificationTask;
import io.alidade.data.RetrievalTask;
import io.alidade.data.StsTask;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.util.Version;

/// The baseline that knows no vectors: BM25 over the words of the documents, by Lucene, with the
/// analyzer of the task's language. Applicable to retrieval alone. Instructions are not searched
/// for.
///
/// `k1` and `b` are those of Anserini's BEIR baselines.
///
/// @see <a href="https://doi.org/10.1561/1500000019">Robertson and Zaragoza, The Probabilistic
///   Relevance Framework, 2009</a>
public final class Bm25 implements Evaluator {
  static final float K1 = 0.9f;
  static final float B = 0.4f;

  private final EvaluationSettings settings;

  public Bm25(EvaluationSettings settings) {
    this.settings = settings;
  }

  @Override
  public MeasuredModel model() {
    String identity = "lucene %s k1=%s b=%s".formatted(Version.LATEST, K1, B);
    return new MeasuredModel("baseline/bm25", Sha256.ofText(identity), 0, 0, 0);
  }

  @Override
  public String settings() {
    return settings.identity();
  }

  @Override
  public Optional<TaskScores> evaluate(EvaluationTask task, Progress progress) {
    return switch (task) {
      case RetrievalTask retrieval -> Optional.of(retrieval(retrieval, progress));
      case StsTask _, ClassificationTask _, PairClassificationTask _, BitextTask _ ->
          Optional.empty();
    };
  }

  private TaskScores retrieval(RetrievalTask task, Progress progress) {
    long start = System.nanoTime();
    List<IdentifiedText> documents =
        task.corpus().stream().map(d -> new IdentifiedText(d.id(), d.content())).toList();
    try (var index = WordIndex.of(documents, task.info().language())) {
      List<List<Hit>> found =
          task.queries().stream()
              .map(query -> index.search(query.text(), settings.depth() + 1))
              .toList();
      progress.update(task.items(), task.items(), task.name());
      long texts = (long) task.corpus().size() + task.items();
      return RetrievalScores.of(task, found, settings, texts)
          .withSeconds((System.nanoTime() - start) / 1e9);
    }
  }
}
