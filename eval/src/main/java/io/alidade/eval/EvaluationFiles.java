package io.alidade.eval;

import java.nio.file.Path;

/// Where the results of a run lie in its folder:
///
/// ```
/// summary.json                                     the run, from which it is read again
/// per_query/TASK.jsonl                             each item's score
/// results/ORGANISATION__MODEL/REVISION/TASK.json   mteb's layout
/// results/ORGANISATION__MODEL/REVISION/model_meta.json
/// ```
record EvaluationFiles(Path folder) {

  Path summary() {
    return folder.resolve("summary.json");
  }

  Path items(String task) {
    return folder.resolve("per_query").resolve(fileName(task) + ".jsonl");
  }

  Path result(MeasuredModel model, String task) {
    return modelFolder(model).resolve(fileName(task) + ".json");
  }

  Path modelMeta(MeasuredModel model) {
    return modelFolder(model).resolve("model_meta.json");
  }

  private Path modelFolder(MeasuredModel model) {
    return folder.resolve("results").resolve(model.folder()).resolve(model.revision());
  }

  private static String fileName(String task) {
    return task.replaceAll("[^\\p{L}\\p{N}._-]", "_");
  }
}
