package io.alidade.eval.report;

import io.alidade.eval.report.ReportData.Measurement;
import java.util.List;

/// Speed and memory as a table.
final class MeasurementSection {
  private MeasurementSection() {}

  /// Empty without measurements.
  static String html(List<Measurement> measurements) {
    return measurements.isEmpty()
        ? ""
        : Html.section(
            "speed",
            "Speed and memory",
            "Measured in this run, on the hardware named below.",
            """
            <div class="scroll" tabindex="0" role="region" aria-label="Speed and memory">
            <table><caption>Speed and memory</caption><tbody>
            %s
            </tbody></table></div>
            """
                .formatted(Html.each(measurements, MeasurementSection::row)));
  }

  private static String row(Measurement row) {
    return "<tr><th scope=\"row\">%s<small>%s</small></th><td class=\"n\"><b>%s</b></td></tr>"
        .formatted(Html.text(row.name()), Html.text(row.note()), Html.text(row.value()));
  }
}
