package io.alidade.cli.tracking;

import io.alidade.core.manifest.Manifest;
import io.alidade.core.recipe.RecipeDifference;
import io.alidade.train.ScoreLog;
import io.alidade.train.TrainingLog;
import io.alidade.train.TrainingLogFollower;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// A run's folder and the run that an MLflow server has of it. Used by one thread.
///
/// A step is sent once: what the server has is written down after each request, a continued run
/// asks the server as well, and a request that perhaps came through is repeated with the same
/// times, of which MLflow keeps one.
final class MlflowRun {

  /// Where a run is sent.
  ///
  /// @param recipe resolved; a folder that holds another run is not sent
  record Target(Path folder, ObjectNode recipe, String experiment, String name) {}

  /// A message, and what the server has when it has come through.
  private record Pending(ObjectNode message, SentState after) {}

  private final MlflowServer server;
  private final Target target;
  private final TrainingLogFollower log;
  private final ScoreLog scores;
  private Optional<SentState> state = Optional.empty();
  private Optional<Pending> pending = Optional.empty();

  MlflowRun(MlflowServer server, Target target) {
    this.server = server;
    this.target = target;
    this.log = new TrainingLogFollower(target.folder.resolve(TrainingLog.FILE_NAME));
    this.scores = new ScoreLog(target.folder.resolve(ScoreLog.FILE_NAME));
  }

  /// Sends all that has come since.
  ///
  /// @throws MlflowException when that fails; the next call goes on there
  void send() {
    if (!holdsTheRun()) {
      return;
    }
    if (state.isEmpty()) {
      state = Optional.of(open());
    }
    while (pending.isPresent() || nextSteps() || nextScores()) {
      Pending one = pending.orElseThrow();
      server.post("runs/log-batch", one.message);
      pending = Optional.empty();
      keep(one.after);
    }
  }

  /// Sends what is left and how it ended.
  void end(Tracking.Ending ending) {
    send();
    if (state.isPresent()) {
      ObjectNode status = MlflowMessages.status(state.get().runId(), ending.name());
      server.post("runs/update", status.put("end_time", System.currentTimeMillis()));
    }
  }

  private boolean holdsTheRun() {
    return Files.exists(target.folder.resolve(Manifest.FILE_NAME))
        && RecipeDifference.between(manifest().recipe(), target.recipe).isEmpty();
  }

  private Manifest manifest() {
    return Manifest.read(target.folder);
  }

  /// The run that an earlier process began, or a new one.
  private SentState open() {
    Optional<SentState> earlier =
        SentState.read(target.folder, server.address(), target.experiment);
    SentState opened = earlier.map(this::known).orElseGet(this::create);
    opened.write(target.folder);
    // Parameters that are there already with the same values are taken again.
    MlflowMessages.parameters(opened.runId(), manifest())
        .forEach(message -> server.post("runs/log-batch", message));
    if (earlier.isPresent()) {
      server.post("runs/update", MlflowMessages.status(opened.runId(), "RUNNING"));
    }
    return opened;
  }

  /// What the server has, which may be more than was written down before a process was killed.
  private SentState known(SentState written) {
    Map<String, Integer> last = server.lastSteps(written.runId());
    return written
        .afterStep(Math.max(written.step(), last.getOrDefault(MlflowMessages.LOSS, 0)))
        .afterScores(
            Math.max(written.measuredStep(), last.getOrDefault(MlflowMessages.MEAN_SCORE, 0)));
  }

  private SentState create() {
    String experiment = server.experiment(target.experiment);
    String id = server.createRun(MlflowMessages.run(experiment, target.name, manifest()));
    return new SentState(server.address(), target.experiment, id, 0, 0);
  }

  private void keep(SentState sent) {
    sent.write(target.folder);
    state = Optional.of(sent);
  }

  private boolean nextSteps() {
    SentState sent = state.orElseThrow();
    for (List<TrainingLog.Line> lines = read(); !lines.isEmpty(); lines = read()) {
      List<TrainingLog.Line> unsent =
          lines.stream().filter(line -> line.step() > sent.step()).toList();
      if (!unsent.isEmpty()) {
        ObjectNode message = MlflowMessages.steps(sent.runId(), unsent);
        pending = Optional.of(new Pending(message, sent.afterStep(unsent.getLast().step())));
        return true;
      }
    }
    return false;
  }

  private List<TrainingLog.Line> read() {
    return log.next(MlflowMessages.mostSteps());
  }

  private boolean nextScores() {
    SentState sent = state.orElseThrow();
    pending =
        scores.read().stream()
            .filter(line -> line.step() > sent.measuredStep())
            .findFirst()
            .map(
                line ->
                    new Pending(
                        MlflowMessages.scores(sent.runId(), line, System.currentTimeMillis()),
                        sent.afterScores(line.step())));
    return pending.isPresent();
  }
}
