package io.alidade.eval.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import io.alidade.data.TrainingDefaults;
import io.alidade.data.TrainingFile;
import io.alidade.data.dataset.DataStatistics;
import io.alidade.data.dataset.ExampleReader;
import io.alidade.data.dataset.WordCount;
import io.alidade.eval.report.ReportData.Headline;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataPageTest {
  private static final ExampleReader READER = ExampleReader.detecting(TrainingDefaults.of(""));
  private static final String HOSTILE = SampleReport.HOSTILE;
  @TempDir Path folder;

  /// Leaves the page in `target` for a look with a browser.
  @Test
  void write_sampleData_holdsEverySection() {
    var words = new WordCount();
    DataStatistics statistics =
        DataStatistics.of(Path.of("..", "samples/training/train.jsonl"), READER, words::of, 120);
    Path file = Path.of("target", "data-sample.html");
    var generation =
        new DataReport.Generation(
            Map.of("answered", 900L, "refused", 12L), Map.of("length", 40L, "duplicate", 7L));
    new DataPage(report("alidade-samples", statistics, generation)).write(file);
    assertThat(file)
        .content()
        .contains("id=\"mixture\"", "id=\"lengths\"", "id=\"generation\"", "id=\"samples\"")
        .contains("short-long", "answered", "<option value=\"bitext\">")
        .contains("role=\"img\" aria-label=\"Kinds of task: 6 in all\"");
    assertThat(occurrences(statistics, "<article class=\"example\"")).isEqualTo(120);
  }

  @Test
  void html_manyLanguages_haveOneSliceForTheRest() {
    var examples = new ArrayList<Example>();
    for (int i = 0; i < 20; i++) {
      for (int copies = 0; copies <= 20 - i; copies++) {
        String code = "" + (char) ('a' + i) + 'x';
        examples.add(example(TaskKind.STS, code, "", "q" + i + "-" + copies, "p"));
      }
    }
    String html = new DataPage(report("many", statistics(examples), none())).html();
    assertThat(html).contains("13 others").doesNotContain("id=\"generation\"");
    // Seven languages and the rest, and one kind.
    assertThat(html.split("<circle class=\"s", -1)).hasSize(8 + 1 + 1);
  }

  @Test
  void html_hostileTexts_areEscapedEverywhere() {
    DataStatistics statistics =
        statistics(List.of(example(TaskKind.STS, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)));
    var generation = new DataReport.Generation(Map.of(HOSTILE, 1L), Map.of(HOSTILE, 1L));
    String html = new DataPage(report(HOSTILE, statistics, generation)).html();
    assertThat(html).doesNotContain(HOSTILE).doesNotContain("<script>alert").doesNotContain("<img");
    assertThat(html.split("<script", -1)).hasSize(2);
  }

  @Test
  void html_sampleData_loadsNothingFromElsewhere() {
    String html =
        new DataPage(
                report("x", statistics(List.of(example(TaskKind.STS, "de", "", "q", "p"))), none()))
            .html();
    assertThat(html)
        .contains("Content-Security-Policy\" content=\"default-src 'none'")
        .doesNotContainPattern("(?i)https?:|//[a-z]+\\.")
        .doesNotContainPattern("(?i)<(link|iframe|object|embed|img)\\b")
        .doesNotContainPattern("(?i)\\b(src|srcset|action|poster)\\s*=")
        .doesNotContainPattern("(?i)url\\(|@import|fetch\\(|XMLHttpRequest");
    assertThat(html.split("<table", -1)).hasSameSizeAs(html.split("<caption", -1));
  }

  @Test
  void html_noExamples_isAPage() {
    assertThat(new DataPage(report("empty", statistics(List.of()), none())).html())
        .contains("id=\"mixture\"")
        .doesNotContain("id=\"samples\"", "NaN");
  }

  private static int occurrences(DataStatistics statistics, String text) {
    return new DataPage(report("x", statistics, none())).html().split(text, -1).length - 1;
  }

  private DataStatistics statistics(List<Example> examples) {
    Path file = folder.resolve("data.jsonl");
    TrainingFile.write(file, examples);
    return DataStatistics.of(file, READER, String::length, 50);
  }

  private static DataReport report(
      String title, DataStatistics statistics, DataReport.Generation generation) {
    return new DataReport(
        title,
        title,
        List.of(new Headline("examples", "" + statistics.examples(), title)),
        "words",
        statistics,
        generation);
  }

  private static DataReport.Generation none() {
    return DataReport.Generation.none();
  }

  private static Example example(
      TaskKind kind,
      String language,
      String instruction,
      String query,
      String positive,
      String... negatives) {
    return Example.of(kind, language, instruction, query, positive, List.of(negatives), Map.of());
  }
}
