package io.alidade.eval.report;

import io.alidade.data.dataset.DataStatistics;
import io.alidade.eval.report.ReportData.Headline;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Everything the page about a data set shows.
///
/// @param title the data set's name
/// @param unit what texts are measured in, such as `words`
/// @param statistics of the examples
/// @param generation how LLMs made it; empty maps leave the section out
public record DataReport(
    String title,
    String summary,
    List<Headline> headlines,
    String unit,
    DataStatistics statistics,
    Generation generation) {

  public DataReport {
    headlines = List.copyOf(headlines);
  }

  /// The calls behind a generated data set.
  ///
  /// @param calls by how they ended
  /// @param rejected candidates by reason
  public record Generation(Map<String, Long> calls, Map<String, Long> rejected) {
    public Generation {
      calls = Collections.unmodifiableMap(new LinkedHashMap<>(calls));
      rejected = Collections.unmodifiableMap(new LinkedHashMap<>(rejected));
    }

    /// Of data that nothing is known of.
    public static Generation none() {
      return new Generation(Map.of(), Map.of());
    }
  }
}
