package io.alidade.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.alidade.core.Progress;
import io.alidade.data.RetrievalTask;
import io.alidade.data.TaskFolder;
import io.alidade.data.TaskInfo;
import io.alidade.data.TrainingDefaults;
import io.alidade.data.TrainingFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Readers and BM25 on real data sets, where `ALIDADE_DATA` names their folder.
class DevelopmentDataTest {

  /// The expected values are those of another BM25 with light stemming.
  @Test
  void bm25_realCollections_scoresAsKnown() {
    Map<String, Double> known = Map.of("scifact", 0.668, "cranfield", 0.321, "xquad_en", 0.968);
    Path data = data();
    known.forEach(
        (name, expected) -> {
          var task = (RetrievalTask) TaskFolder.read(data.resolve("retrieval").resolve(name));
          TaskInfo info = task.info();
          var english =
              task.withInfo(
                  new TaskInfo(info.name(), "", false, info.metric(), "en", info.sha256()));
          double score =
              new Bm25(EvaluationSettings.defaults())
                  .evaluate(english, Progress.NONE)
                  .orElseThrow()
                  .score();
          assertThat(score).as(name).isCloseTo(expected, within(0.03));
        });
  }

  @Test
  void read_everyEvaluationFile_isATask() {
    Path data = data();
    for (String folder : new String[] {"sts", "pair_classification", "bitext/tatoeba"}) {
      assertThat(TaskFolder.readAll(data.resolve(folder))).as(folder).isNotEmpty();
    }
    assertThat(TaskFolder.read(data.resolve("sts/stsbenchmark_test.jsonl")).items())
        .isEqualTo(1379);
    assertThat(TaskFolder.read(data.resolve("classification/banking77")).items()).isEqualTo(3080);
    assertThat(TaskFolder.readAll(data.resolve("retrieval"))).isNotEmpty();
  }

  @Test
  void read_everyTrainingFile_givesExamples() throws IOException {
    try (Stream<Path> files = Files.list(data().resolve("training"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".jsonl")).sorted().toList()) {
        var count = new AtomicInteger();
        TrainingFile.forEach(file, TrainingDefaults.of("Find"), _ -> count.incrementAndGet());
        assertThat(count).as(file.toString()).hasPositiveValue();
      }
    }
  }

  private static Path data() {
    String folder = System.getenv().getOrDefault("ALIDADE_DATA", "");
    assumeTrue(!folder.isEmpty(), "ALIDADE_DATA is not set: no development data to test with");
    Path data = Path.of(folder);
    return Files.isDirectory(data.resolve("data")) ? data.resolve("data") : data;
  }
}
