package io.alidade.eval.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.eval.PairedBootstrap.Difference;
import io.alidade.eval.report.ReportData.Command;
import io.alidade.eval.report.ReportData.Headline;
import io.alidade.eval.report.ReportData.Measurement;
import io.alidade.eval.report.ReportData.Origin;
import io.alidade.eval.report.ReportData.RankedQuery;
import io.alidade.eval.report.ReportData.RankedText;
import io.alidade.eval.report.ReportData.TaskRow;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportPageTest {

  /// Leaves the page in `target` for a look with a browser.
  @Test
  void write_sampleData_holdsEverySection() {
    Path file = Path.of("target", "report-sample.html");
    new ReportPage(SampleReport.data()).write(file);
    assertThat(file)
        .content()
        .contains("SmolLM2-135M, tuned", "handbook-search", "+0.783", "How long does a refund")
        .contains("id=\"tasks\"", "id=\"queries\"", "id=\"similarity\"", "id=\"map\"")
        .contains(
            "id=\"scores\"", "id=\"training\"", "id=\"speed\"", "id=\"origin\"", "id=\"next\"");
  }

  @Test
  void html_sampleData_loadsNothingFromElsewhere() {
    String html = new ReportPage(SampleReport.data()).html();
    assertThat(html)
        .contains("Content-Security-Policy\" content=\"default-src 'none'")
        .doesNotContainPattern("(?i)https?:|//[a-z]+\\.")
        .doesNotContainPattern("(?i)<(link|iframe|object|embed|img)\\b")
        .doesNotContainPattern("(?i)\\b(src|srcset|action|poster)\\s*=")
        .doesNotContainPattern("(?i)url\\(|@import|fetch\\(|XMLHttpRequest");
  }

  @Test
  void html_sampleData_isAccessible() {
    String html = new ReportPage(SampleReport.data()).html();
    assertThat(html.split("<table", -1)).hasSameSizeAs(html.split("<caption", -1));
    assertThat(html).contains("<html lang=\"en\">", "name=\"viewport\"", "prefers-color-scheme");
    assertThat(html).contains("role=\"img\" aria-label=\"Loss falls from");
  }

  @Test
  void html_hostileTexts_areEscapedEverywhere() {
    String html = new ReportPage(hostile()).html();
    assertThat(html).doesNotContain(SampleReport.HOSTILE).doesNotContain("<script>alert");
    assertThat(html).doesNotContain("<img").contains("&lt;script&gt;alert(&#39;x&#39;)");
    assertThat(html.split("<script", -1)).hasSize(2);
  }

  @Test
  void html_shelfModelHigher_saysSoHonestly() {
    assertThat(new ReportPage(SampleReport.data()).html())
        .contains(
            "<b>e5-small-v2</b>, taken off the shelf, scores higher than the tuned model on 1"
                + " of 4 tasks (handbook-search).");
  }

  @Test
  void html_emptyLists_leavesTheirSectionsOut() {
    var origin = new Origin("b", "", "d", "", Map.of(), Map.of(), Map.of(), 1, Map.of(), "machine");
    var data =
        new ReportData(
            "t",
            "s",
            origin,
            List.of(),
            List.of(),
            List.of(),
            "",
            TrainingCurves.none(),
            List.of(),
            SimilarityMap.none(),
            TextMap.none(),
            List.of(),
            List.of());
    assertThat(new ReportPage(data).html()).contains("id=\"origin\"").doesNotContain("id=\"map\"");
  }

  @Test
  void textMap_equalVectors_givesEqualPlacesInTheUnitSquare() {
    float[][] vectors = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0, 0, 1}};
    var labels = List.of("a", "b", "c", "c");
    TextMap map = TextMap.of(labels, labels, vectors, vectors);
    assertThat(map).isEqualTo(TextMap.of(labels, labels, vectors, vectors));
    assertThat(map.points().get(2).before()).isEqualTo(map.points().get(3).before());
    assertThat(map.points())
        .allMatch(p -> p.after().x() >= 0 && p.after().x() <= 1 && p.after().y() >= 0);
    TextMap flat = TextMap.of(labels, labels, new float[4][3], new float[4][3]);
    assertThat(flat.points()).allMatch(p -> p.before().x() == 0.5 && p.before().y() == 0.5);
  }

  private static ReportData hostile() {
    String h = SampleReport.HOSTILE;
    Map<String, Long> counts = Map.of(h, 3L);
    var origin = new Origin(h, h, h, h, counts, counts, Map.of(h, h), 1, Map.of(h, h), h);
    var row = new TaskRow(h, h, h, h, h, 1, new Difference(0.1, 0.2, 0.05, 0.15), Map.of(h, 0.3));
    var ranked = List.of(new RankedText(h, 0.5, true));
    float[][] vectors = {{1, 0}, {0, 1}};
    return new ReportData(
        h,
        h,
        origin,
        List.of(new Headline(h, h, h)),
        List.of(row),
        List.of(h),
        h,
        new TrainingCurves(
            List.of(new TrainingCurves.Step(1, 0.5, 1, 1e-3, 100, 1)),
            List.of(new TrainingCurves.Scores(1, 0.5, Map.of(h, 0.4, h + "2", 0.6))),
            1),
        List.of(new RankedQuery(h, ranked, ranked)),
        SimilarityMap.of(List.of(h, h), vectors, vectors),
        TextMap.of(List.of(h, h), List.of(h, h), vectors, vectors),
        List.of(new Measurement(h, h, h)),
        List.of(new Command(h, h)));
  }
}
