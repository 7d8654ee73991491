package io.alidade.cli.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.cli.tracking.MlflowTracking.Patience;
import io.alidade.cli.tracking.Tracking.Ending;
import io.alidade.core.Progress;
import io.alidade.core.UsageException;
import io.alidade.core.manifest.Input;
import io.alidade.core.manifest.Manifest;
import io.alidade.testkit.http.LoopbackServer;
import io.alidade.testkit.http.LoopbackServer.Response;
import io.alidade.train.ScoreLog;
import io.alidade.train.TrainingLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class MlflowTrackingTest {
  private static final ObjectNode RECIPE = recipe(42);

  @TempDir Path folder;

  private final FakeMlflow mlflow = new FakeMlflow();
  private final LoopbackServer server = new LoopbackServer(mlflow);
  private final Map<String, String> environment = new HashMap<>();
  private final List<String> notes = new ArrayList<>();

  private static ObjectNode recipe(int seed) {
    ObjectNode recipe = JsonMapper.shared().createObjectNode().put("seed", seed).put("empty", "");
    recipe.putObject("tuning").put("rank", 16);
    return recipe;
  }

  @BeforeEach
  void writeManifest() {
    environment.put("MLFLOW_TRACKING_URI", server.url() + "/");
    List<Input> inputs = List.of(new Input("data", "a", "07ab"), new Input("data", "b", "c0ff"));
    Manifest.start("train", RECIPE, 42, inputs, Map.of("libtorch", "2.10")).write(folder);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private MlflowTracking tracking(ObjectNode recipe, Duration last) {
    MlflowServer at = MlflowServer.of(environment);
    var run = new MlflowRun(at, new MlflowRun.Target(folder, recipe, "new one", "first"));
    return new MlflowTracking(run, at, new Patience(Duration.ofMillis(1), last), notes::add);
  }

  private void follow(Ending ending) {
    try (MlflowTracking tracking = tracking(RECIPE, Duration.ofSeconds(20))) {
      tracking.watch(Progress.NONE).update(1, 2, "");
      tracking.end(ending);
    }
  }

  private void log(int from, int to) {
    var log = new TrainingLog(folder.resolve(TrainingLog.FILE_NAME));
    for (int step = from; step <= to; step++) {
      log.append(
          new TrainingLog.Line(
              step, 0, 0.5, 2, 1e-4, 100, 80, 150, 50, 2, 1000L * step, 9, List.of("a")));
    }
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.rangeClosed(from, to).boxed().toList();
  }

  @Test
  void end_finishedRun_sentRecipeHashesCurvesScoresAndStatus() throws IOException {
    log(1, 3);
    Files.writeString(
        folder.resolve(ScoreLog.FILE_NAME),
        "{\"step\":2,\"mean\":0.3,\"scores\":{\"my task (de)\":0.3}}\n");
    follow(Ending.FINISHED);
    assertThat(mlflow.keys())
        .containsExactly(
            "gradient_norm",
            "learning_rate",
            "loss",
            "memory_bytes",
            "padding_avoided",
            "score/mean",
            "score/my task _de_",
            "tokens_per_second");
    assertThat(mlflow.steps("loss")).containsExactly(1, 2, 3);
    assertThat(mlflow.steps("score/mean")).containsExactly(2);
    assertThat(mlflow.metrics.getFirst().required("timestamp").asLong()).isEqualTo(1000);
    assertThat(mlflow.parameters.toString())
        .contains("{\"key\":\"tuning.rank\",\"value\":\"16\"}")
        .doesNotContain("empty");
    assertThat(mlflow.runs.toString())
        .contains("\"run_name\":\"first\"", "\"experiment_id\":\"7\"")
        .contains("{\"key\":\"sha256.data.1\",\"value\":\"c0ff\"}", "version.alidade");
    assertThat(mlflow.statuses).containsExactly("FINISHED");
    assertThat(notes).isEmpty();
  }

  @Test
  void end_longRun_staysWithinTheLimitsOfARequest() {
    log(1, 400);
    follow(Ending.FINISHED);
    assertThat(mlflow.steps("loss")).isEqualTo(range(1, 400));
    assertThat(notes).isEmpty();
  }

  /// A run that was killed does the steps after its checkpoint again; the server has them.
  @Test
  void end_continuedRun_goesOnInTheSameRunAndSendsNoStepTwice() {
    log(1, 30);
    follow(Ending.KILLED);
    new TrainingLog(folder.resolve(TrainingLog.FILE_NAME)).truncateAfter(20);
    log(21, 25);
    follow(Ending.KILLED);
    log(26, 40);
    follow(Ending.FINISHED);
    follow(Ending.FINISHED);
    assertThat(mlflow.steps("loss")).isEqualTo(range(1, 40));
    assertThat(mlflow.runs).hasSize(1);
    assertThat(mlflow.statuses)
        .startsWith("KILLED", "RUNNING", "KILLED", "RUNNING", "FINISHED")
        .endsWith("FINISHED");
  }

  /// Killed after the server had taken steps, before that was written down.
  @Test
  void end_killedWhileSending_asksTheServerWhatItHas() throws IOException {
    log(1, 30);
    Files.writeString(
        folder.resolve(ScoreLog.FILE_NAME), "{\"step\":30,\"mean\":0.3,\"scores\":{\"a\":0.3}}\n");
    follow(Ending.KILLED);
    SentState sent = SentState.read(folder, server.url(), "new one").orElseThrow();
    sent.afterStep(12).afterScores(0).write(folder);
    log(31, 40);
    follow(Ending.FINISHED);
    assertThat(mlflow.steps("loss")).isEqualTo(range(1, 40));
    assertThat(mlflow.steps("score/mean")).containsExactly(30);
  }

  @Test
  void end_lineHalfWritten_waitsForItsEnd() throws IOException {
    log(1, 2);
    Path file = folder.resolve(TrainingLog.FILE_NAME);
    String whole = Files.readString(file);
    Files.writeString(file, whole.substring(0, whole.length() - 9));
    follow(Ending.KILLED);
    assertThat(mlflow.steps("loss")).containsExactly(1);
    Files.writeString(file, whole.substring(whole.length() - 9), StandardOpenOption.APPEND);
    follow(Ending.FINISHED);
    assertThat(mlflow.steps("loss")).containsExactly(1, 2);
  }

  /// The request came through, but its answer did not: the same again, which MLflow keeps once.
  @Test
  void send_answerLost_repeatsTheSameRequest() {
    log(1, 5);
    var losses = new AtomicInteger(1);
    mlflow.fate =
        answer ->
            !mlflow.metrics.isEmpty() && losses.getAndDecrement() > 0
                ? new Response(503, "")
                : answer;
    MlflowServer at = MlflowServer.of(environment);
    var run = new MlflowRun(at, new MlflowRun.Target(folder, RECIPE, "new one", "first"));
    assertThatThrownBy(run::send).isInstanceOf(MlflowException.class);
    run.send();
    assertThat(mlflow.metrics.subList(30, 60)).isEqualTo(mlflow.metrics.subList(0, 30));
    assertThat(mlflow.metrics).hasSize(60);
    at.close();
  }

  @Test
  void end_serverFails_saysItOnceAndTheNextProcessSendsAll() {
    log(1, 5);
    mlflow.fate = _ -> new Response(503, "<html>busy</html>");
    follow(Ending.KILLED);
    assertThat(notes)
        .singleElement()
        .asString()
        .contains("answers 503", "training goes on", "by the same command later");
    mlflow.fate = answer -> answer;
    mlflow.metrics.clear();
    log(6, 8);
    follow(Ending.FINISHED);
    assertThat(mlflow.steps("loss")).isEqualTo(range(1, 8));
    assertThat(notes).hasSize(1);
  }

  @Test
  void end_noServerThere_saysItOnce() {
    log(1, 5);
    server.close();
    follow(Ending.FINISHED);
    assertThat(notes).singleElement().asString().contains("does not answer", "training goes on");
  }

  @Test
  void end_refusedCredentials_asksNoMore() {
    log(1, 5);
    mlflow.fate = _ -> new Response(401, "{\"message\": \"who are you\"}");
    follow(Ending.FINISHED);
    assertThat(notes).singleElement().asString().contains("answers 401", "who are you");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void watch_serverThatNeverAnswers_holdsNothingUp() {
    log(1, 5);
    var held = new CountDownLatch(1);
    mlflow.fate =
        answer -> {
          try {
            held.await();
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
          return answer;
        };
    var heard = new AtomicInteger();
    try (MlflowTracking tracking = tracking(RECIPE, Duration.ofMillis(50))) {
      Progress watched = tracking.watch((_, _, _) -> heard.incrementAndGet());
      IntStream.range(0, 1000).forEach(i -> watched.update(i, 1000, ""));
      tracking.end(Ending.FINISHED);
    } finally {
      held.countDown();
    }
    assertThat(heard).hasValue(1000);
    assertThat(notes).hasSize(1);
  }

  /// Before the training has refused it, or because it did.
  @Test
  void end_folderOfAnotherRun_sendsNothing() {
    log(1, 5);
    try (MlflowTracking tracking = tracking(recipe(43), Duration.ofSeconds(20))) {
      tracking.watch(Progress.NONE).update(1, 2, "");
      tracking.end(Ending.FAILED);
    }
    assertThat(server.requests()).isEmpty();
    assertThat(folder.resolve(SentState.FILE_NAME)).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "MLFLOW_TRACKING_TOKEN, s3cret, Bearer s3cret",
    "MLFLOW_TRACKING_USERNAME, s3cret, Basic czNjcmV0Og=="
  })
  void end_credentials_goIntoTheHeaderAndNowhereElse(String variable, String value, String header)
      throws IOException {
    environment.put(variable, value);
    log(1, 2);
    follow(Ending.FINISHED);
    mlflow.fate = _ -> new Response(500, "");
    follow(Ending.FINISHED);
    assertThat(server.requests())
        .allSatisfy(request -> assertThat(request.authorization()).hasValue(header))
        .allSatisfy(request -> assertThat(request.body()).doesNotContain("s3cret"));
    assertThat(notes.toString()).doesNotContain("s3cret");
    assertThat(folder.resolve(SentState.FILE_NAME)).content().doesNotContain("s3cret");
  }

  @ParameterizedTest
  @CsvSource({
    "'', needs the address",
    "mlruns, is no http:// or https:// address",
    "sqlite:///mlflow.db, is no http:// or https:// address",
    "http://me:s3cret@localhost:5000, holds credentials"
  })
  void of_addressThatIsNone_isRefusedWithoutShowingIt(String address, String said) {
    environment.put("MLFLOW_TRACKING_URI", address);
    assertThatThrownBy(() -> MlflowServer.of(environment))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("MLFLOW_TRACKING_URI")
        .hasMessageContaining(said)
        .hasMessageNotContaining("s3cret");
  }
}
