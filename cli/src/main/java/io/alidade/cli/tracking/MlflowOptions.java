package io.alidade.cli.tracking;

import io.alidade.core.UsageException;
import io.alidade.core.recipe.Recipe;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/// The options that say where a run is followed.
public final class MlflowOptions {
  @Option(
      names = "--mlflow",
      paramLabel = "EXPERIMENT",
      description =
          "Send curves and recipe to this experiment of the MLflow server at MLFLOW_TRACKING_URI;"
              + " MLFLOW_TRACKING_TOKEN, or _USERNAME and _PASSWORD, as for MLflow itself.")
  private String experiment = "";

  @Option(
      names = "--mlflow-run",
      paramLabel = "NAME",
      description = "The run's name there (default: that of the --out folder).")
  private String name = "";

  /// What follows the run, nothing unless it was asked for.
  ///
  /// @param notes told once if the server does not answer
  /// @throws UsageException if the environment names no server
  public Tracking tracking(
      Recipe<?> recipe, Path out, Map<String, String> environment, Consumer<String> notes) {
    if (experiment.isEmpty()) {
      if (!name.isEmpty()) {
        throw new UsageException("--mlflow-run names a run, but no experiment; add --mlflow");
      }
      return Tracking.NONE;
    }
    Path folder = out.toAbsolutePath().normalize();
    String shown = name.isEmpty() ? String.valueOf(folder.getFileName()) : name;
    MlflowServer server = MlflowServer.of(environment);
    var target = new MlflowRun.Target(folder, recipe.tree(), experiment, shown);
    return new MlflowTracking(
        new MlflowRun(server, target), server, MlflowTracking.Patience.usual(), notes);
  }
}
