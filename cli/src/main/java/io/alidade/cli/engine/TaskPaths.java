package io.alidade.cli.engine;

import io.alidade.data.EvaluationTask;
import io.alidade.data.TaskFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Reads what `--tasks` names: task folders, folders of them, files, or `TYPE:PATH`.
public final class TaskPaths {
  private TaskPaths() {}

  public static List<EvaluationTask> read(List<String> named) {
    var read = new ArrayList<EvaluationTask>();
    for (String task : named) {
      Path path = Path.of(task);
      read.addAll(
          Files.isDirectory(path) ? TaskFolder.readAll(path) : List.of(TaskFolder.read(task)));
    }
    return read;
  }
}
