package io.alidade.eval.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.core.manifest.Input;
import io.alidade.core.manifest.Manifest;
import io.alidade.eval.report.ReportData.Headline;
import io.alidade.eval.report.ReportData.Measurement;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class RunPageTest {

  private static String page(String text, TrainingCurves curves) {
    return new RunPage(report(text, curves)).html();
  }

  private static RunReport report(String text, TrainingCurves curves) {
    var recipe = JsonMapper.shared().createObjectNode().put("backbone", text);
    recipe.putArray("data").addObject().put("path", text);
    var inputs = List.of(new Input("data", text, "07ab".repeat(16)));
    return new RunReport(
        text,
        text,
        List.of(new Headline(text, text, text)),
        curves,
        List.of(new Measurement(text, text, text)),
        Manifest.start("train", recipe, 42, inputs, Map.of("libtorch", text)));
  }

  /// Leaves the page in `target` for a look with a browser.
  @Test
  void write_sampleRun_holdsCurvesAndNumbers() {
    Path file = Path.of("target", "run-sample.html");
    new RunPage(report("SmolLM2-135M", SampleReport.curves())).write(file);
    assertThat(file)
        .content()
        .contains("id=\"scores\"", "id=\"training\"", "id=\"speed\"", "id=\"origin\"")
        .contains("best mean, kept: step 210", "Gradient norm by step", "data.0.path")
        .contains("<tr class=\"best\"><th scope=\"row\">210<small>best mean</small></th>")
        .doesNotContain("NaN");
  }

  @Test
  void html_hostileTexts_areEscapedEverywhere() {
    String h = SampleReport.HOSTILE;
    var scores = List.of(new TrainingCurves.Scores(1, 0.5, Map.of(h, 0.4, h + ";|", 0.6)));
    var steps = List.of(new TrainingCurves.Step(1, 0.5, 1, 1e-3, 100, 1));
    String html = page(h, new TrainingCurves(steps, scores, 0));
    assertThat(html).doesNotContain(h).doesNotContain("<script>alert").doesNotContain("<img");
    assertThat(html.split("<script", -1)).hasSize(2);
  }

  @Test
  void html_runBeforeItsFirstStep_isAPageWithoutCurves() {
    assertThat(page("run", TrainingCurves.none()))
        .contains("id=\"origin\"")
        .doesNotContain("id=\"training\"", "id=\"scores\"");
  }

  /// Such as memory where the system does not tell: it is 0 in all steps.
  @Test
  void html_quantityNeverMeasured_hasNoChart() {
    var steps = List.of(new TrainingCurves.Step(1, 0.5, 1, 1e-3, 100, 0));
    assertThat(page("run", new TrainingCurves(steps, List.of(), 0)))
        .contains("Speed by step")
        .doesNotContain("Memory by step");
  }

  @Test
  void html_moreTasksThanLinesCanTellApart_drawsTheirMeanAndListsAll() {
    Map<String, Double> byTask = new LinkedHashMap<>();
    IntStream.range(0, 30).forEach(i -> byTask.put("task-" + i, i / 30.0));
    var scores = List.of(new TrainingCurves.Scores(10, 0.48, byTask));
    String html = page("run", new TrainingCurves(List.of(), scores, 10));
    assertThat(html).contains("task-29</th>").doesNotContain("polyline class=\"task");
  }

  @Test
  void html_everyChart_saysItInWords() {
    String html = page("run", SampleReport.curves());
    assertThat(html.split("<figure", -1))
        .hasSameSizeAs(html.split("role=\"img\" aria-label=\"", -1));
    assertThat(html)
        .contains("aria-label=\"Loss falls from")
        .contains("over 9 measured steps. The highest mean is")
        .contains("Learning rate by step: between 0 and 0.001, 0 at the end");
  }
}
