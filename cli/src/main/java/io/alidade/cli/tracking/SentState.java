package io.alidade.cli.tracking;

import io.alidade.core.AtomicFiles;
import io.alidade.core.DataException;
import io.alidade.core.ParserMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/// What an MLflow server has of a run: `mlflow.json` in the run's folder, by which a continued run
/// goes on in the same place.
///
/// @param step the last that was sent
/// @param measuredStep the last whose scores were sent
record SentState(String server, String experiment, String runId, int step, int measuredStep) {
  static final String FILE_NAME = "mlflow.json";

  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  /// What was sent to this experiment of this server, if anything.
  static Optional<SentState> read(Path run, String server, String experiment) {
    Path file = run.resolve(FILE_NAME);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(Files.readString(file), SentState.class))
          .filter(state -> state.server.equals(server) && state.experiment.equals(experiment));
    } catch (IOException e) {
      throw new DataException(file, "cannot be read: " + e.getMessage(), e);
    } catch (JacksonException e) {
      throw new DataException(
          file, "is broken (%s); delete it to send a new run".formatted(ParserMessage.of(e)), e);
    }
  }

  SentState afterStep(int sent) {
    return new SentState(server, experiment, runId, sent, measuredStep);
  }

  SentState afterScores(int sent) {
    return new SentState(server, experiment, runId, step, sent);
  }

  void write(Path run) {
    AtomicFiles.writeText(run.resolve(FILE_NAME), JSON.writeValueAsString(this) + "\n");
  }
}
