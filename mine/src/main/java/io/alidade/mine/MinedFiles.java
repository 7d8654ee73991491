package io.alidade.mine;

import io.alidade.core.Example;
import io.alidade.core.Progress;
import io.alidade.data.RowFile;
import io.alidade.data.TrainingLayouts;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The two files that mining leaves: the examples, and a row for every document that was looked at.
///
/// @param folder where they stand
public record MinedFiles(Path folder) {
  public static final String DATA = "train.jsonl";
  public static final String AUDIT = "audit.jsonl";

  public Path data() {
    return folder.resolve(DATA);
  }

  public Path audit() {
    return folder.resolve(AUDIT);
  }

  /// Mines into both files; each appears whole or not at all, the examples last and in the order
  /// that they had.
  ///
  /// @throws io.alidade.core.WriteFailure if one cannot be written
  public MiningSummary write(
      Mining mining, Teacher teacher, String teacherName, Progress progress) {
    Map<String, Example> mined = HashMap.newHashMap(mining.examples().size());
    var summary = new AtomicReference<>(new MiningSummary(0, 0, Map.of()));
    RowFile.write(
        audit(),
        Map.of(),
        rows ->
            summary.set(
                mining.run(
                    teacher,
                    teacherName,
                    (example, selection) -> {
                      mined.put(example.id(), example);
                      audit(example, selection, rows);
                    },
                    progress)));
    writeExamples(mining.examples(), mined);
    return summary.get();
  }

  private void writeExamples(List<Example> order, Map<String, Example> mined) {
    RowFile.write(
        data(),
        TrainingLayouts.OWN.columns(),
        rows ->
            order.forEach(
                example ->
                    TrainingLayouts.OWN
                        .write(mined.getOrDefault(example.id(), example))
                        .forEach(rows)));
  }

  private static void audit(Example example, Selection selection, Consumer<ObjectNode> rows) {
    for (Selection.Row row : selection.looked()) {
      ObjectNode line =
          JsonMapper.shared()
              .createObjectNode()
              .put("id", example.id())
              .put("verdict", row.verdict().label())
              .put("rank", row.rank())
              .put("score", rounded(row.score()))
              .put("positive_score", rounded(row.positive()));
      row.opinion()
          .ifPresent(
              opinion ->
                  line.put("check_score", rounded(opinion.score()))
                      .put("check_reason", opinion.reason()));
      rows.accept(line.put("text", row.text()));
    }
  }

  /// Six digits are what single precision has.
  private static double rounded(double score) {
    return Math.round(score * 1e6) / 1e6;
  }
}
