package io.alidade.eval.report;

import io.alidade.core.manifest.Manifest;
import io.alidade.eval.report.ReportData.Headline;
import io.alidade.eval.report.ReportData.Measurement;
import java.util.List;

/// Everything the page about a training run shows.
///
/// @param title such as `SmolLM2-135M, in training`
/// @param summary one sentence on how far it came
/// @param measurements speed and memory
/// @param manifest of the run's folder
public record RunReport(
    String title,
    String summary,
    List<Headline> headlines,
    TrainingCurves curves,
    List<Measurement> measurements,
    Manifest manifest) {

  public RunReport {
    headlines = List.copyOf(headlines);
    measurements = List.copyOf(measurements);
  }
}
