package io.alidade.eval.report;

import io.alidade.eval.PairedBootstrap.Difference;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Everything the report page shows. Lists may be empty: their section is left out.
///
/// @param title such as `SmolLM2-135M, tuned`
/// @param summary one sentence on what was done
/// @param origin what was trained on what
/// @param baselines the names of the extra columns of the task table, in order
/// @param shelf the baseline that a user could take off the shelf instead; empty for none
/// @param training the loss and the scores on the way
/// @param measurements speed and memory
/// @param next the commands to try next
public record ReportData(
    String title,
    String summary,
    Origin origin,
    List<Headline> headlines,
    List<TaskRow> tasks,
    List<String> baselines,
    String shelf,
    TrainingCurves training,
    List<RankedQuery> queries,
    SimilarityMap similarities,
    TextMap map,
    List<Measurement> measurements,
    List<Command> next) {

  public ReportData {
    headlines = List.copyOf(headlines);
    tasks = List.copyOf(tasks);
    baselines = List.copyOf(baselines);
    queries = List.copyOf(queries);
    measurements = List.copyOf(measurements);
    next = List.copyOf(next);
  }

  /// A number worth seeing first.
  ///
  /// @param note a few words under it
  public record Headline(String label, String value, String note) {}

  /// A task's scores before and after, with the interval of their difference.
  ///
  /// @param baselines by the name of the column; a missing one is not applicable
  public record TaskRow(
      String task,
      String type,
      String metric,
      String instruction,
      String dataSha256,
      int items,
      Difference difference,
      Map<String, Double> baselines) {
    public TaskRow {
      baselines = Map.copyOf(baselines);
    }
  }

  /// A query with its first documents before and after.
  public record RankedQuery(String query, List<RankedText> before, List<RankedText> after) {
    public RankedQuery {
      before = List.copyOf(before);
      after = List.copyOf(after);
    }
  }

  /// A document in a ranking.
  public record RankedText(String text, double score, boolean relevant) {}

  /// A measured quantity as text with its unit, such as `540 tokens/s`.
  public record Measurement(String name, String value, String note) {}

  /// A command line, and what it does.
  public record Command(String line, String purpose) {}

  /// The model trained from, the data trained on, and how.
  ///
  /// @param examplesByKind in the order to show
  /// @param recipe every key as resolved, dotted
  public record Origin(
      String backbone,
      String backboneSha256,
      String dataFile,
      String dataSha256,
      Map<String, Long> examplesByKind,
      Map<String, Long> examplesByLanguage,
      Map<String, String> recipe,
      long seed,
      Map<String, String> versions,
      String hardware) {
    public Origin {
      examplesByKind = ordered(examplesByKind);
      examplesByLanguage = ordered(examplesByLanguage);
      recipe = ordered(recipe);
      versions = ordered(versions);
    }

    private static <T> Map<String, T> ordered(Map<String, T> map) {
      return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
  }
}
