package io.alidade.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.Progress;
import io.alidade.core.UsageException;
import io.alidade.core.manifest.Manifest;
import io.alidade.core.recipe.Recipe;
import io.alidade.synth.ledger.BudgetException;
import io.alidade.synth.ledger.LlmException;
import io.alidade.synth.ledger.StoppedException;
import io.alidade.testkit.llm.FakeAnswers;
import io.alidade.testkit.llm.FakeBatches.Course;
import io.alidade.testkit.llm.FakeOpenAi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Generation through the Batch API.
class BatchGeneratorTest {
  private static final String BATCHES = "llms.0.batch.requests=1000";

  @TempDir Path folder;

  private Generator generator(FakeOpenAi server, String... overrides) throws IOException {
    Path file = folder.resolve("recipe.yaml");
    Files.writeString(
        file,
        """
        examples: 40
        languages: {en: 0.7, de: 0.3}
        llms:
          - {model: small, base_url: "%s", price: {input: 0.5, output: 1.5}, timeout_seconds: 20,
             max_tokens: 1000, batch: {poll_seconds: 0.001}}
        budget: {concurrency: 6, backoff_seconds: 0.001}
        filters: {languages: false}
        """
            .formatted(server.baseUrl()));
    Recipe<GenerateRecipe> recipe = Recipe.read(GenerateRecipe.class, file, List.of(overrides));
    return new Generator(GeneratePlan.of(recipe, Map.of()));
  }

  private Summary run(FakeOpenAi server, String out, String... overrides) throws IOException {
    return generator(server, overrides).run(folder.resolve(out), Progress.NONE, () -> false);
  }

  private String file(String run, String name) throws IOException {
    return Files.readString(folder.resolve(run).resolve(name));
  }

  private String data(String run) throws IOException {
    return file(run, Generator.DATA_FILE);
  }

  private BigDecimal spent(String run) throws IOException {
    return usd(folder.resolve(run).resolve("ledger.jsonl"));
  }

  private static BigDecimal usd(Path lines) throws IOException {
    return lines(lines).stream()
        .map(line -> line.required("usd").decimalValue())
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private static List<JsonNode> lines(Path file) throws IOException {
    return Files.readAllLines(file).stream().map(JsonMapper.shared()::readTree).toList();
  }

  /// What a server of these prices charges for what it answered in batches.
  private static BigDecimal halfPrice(FakeOpenAi server) {
    return new BigDecimal("0.5")
        .multiply(BigDecimal.valueOf(server.inputTokens()))
        .add(new BigDecimal("1.5").multiply(BigDecimal.valueOf(server.outputTokens())))
        .movePointLeft(6)
        .multiply(new BigDecimal("0.5"));
  }

  /// The data that the recipe gives by a request a call.
  private String expected(FakeOpenAi.Behaviour behaviour, String... overrides) throws IOException {
    try (var server = new FakeOpenAi(behaviour)) {
      run(server, "direct", overrides);
      assertThat(server.batches().requests()).isEmpty();
      assertThat(folder.resolve("direct/batches.jsonl")).doesNotExist();
      return data("direct");
    }
  }

  @Test
  void run_batches_giveTheSameDataAtHalfThePrice() throws IOException {
    String expected = expected(FakeAnswers::good);
    try (var server = new FakeOpenAi(FakeAnswers::good)) {
      Summary summary = run(server, "out", BATCHES);

      assertThat(data("out")).isEqualTo(expected).hasLineCount(40);
      assertThat(file("out", "rejected.jsonl")).isEqualTo(file("direct", "rejected.jsonl"));
      assertThat(spent("out")).isEqualByComparingTo(halfPrice(server));
      // Lists of tasks, then the examples about them, then some in place of refused ones.
      assertThat(server.batches().sizes()).hasSizeBetween(2, 4);
      assertThat(server.repeats()).isZero();
      assertThat(summary.calls().calls()).isEqualTo(server.count());
      assertThat(lines(folder.resolve("out/ledger.jsonl")))
          .allMatch(line -> line.required("batch").asString().startsWith("batch_"));
      assertThat(Manifest.read(folder.resolve("out")).complete()).isTrue();
      try (Stream<Path> left = Files.list(folder.resolve("out/batches"))) {
        assertThat(left).isEmpty();
      }
    }
  }

  @Test
  void run_everyFault_endsWithTheSameData() throws IOException {
    String expected = expected(FakeAnswers::faultyAtOnce, "filters.judge=4");
    try (var server = new FakeOpenAi(FakeAnswers::faultyAtOnce)) {
      Summary summary = run(server, "out", BATCHES, "filters.judge=4");

      assertThat(data("out")).isEqualTo(expected);
      assertThat(file("out", "rejected.jsonl")).isEqualTo(file("direct", "rejected.jsonl"));
      assertThat(summary.calls().verdicts())
          .containsKeys("answered", "throttled", "failed", "lost", "refused", "filtered", "cut");
      assertThat(server.repeats()).isZero();
      assertThat(summary.calls().calls()).isEqualTo(server.count());
    }
  }

  @Test
  void run_limits_areKept() throws IOException {
    String expected = expected(FakeAnswers::good);
    try (var server = new FakeOpenAi(FakeAnswers::good)) {
      run(server, "out", "llms.0.batch.requests=7");
      assertThat(server.batches().sizes()).allMatch(size -> size <= 7).contains(7);
      assertThat(data("out")).isEqualTo(expected);
    }
    try (var server = new FakeOpenAi(FakeAnswers::good)) {
      run(server, "bytes", BATCHES, "llms.0.batch.megabytes=1", "examples=500");
      assertThat(server.batches().sizes()).hasSizeGreaterThan(2);
      assertThat(server.repeats()).isZero();
    }
  }

  @Test
  void run_oneModelInBatchesAndOneWithout_givesTheSameData() throws IOException {
    String other =
        "llms.1={model: large, base_url: \"%s\", price: {input: 1, output: 1}, max_tokens: 1000}";
    try (var server = new FakeOpenAi(FakeAnswers::faultyAtOnce);
        var alone = new FakeOpenAi(FakeAnswers::faultyAtOnce)) {
      run(alone, "direct", other.formatted(alone.baseUrl()));
      run(server, "out", BATCHES, other.formatted(server.baseUrl()));

      assertThat(data("out")).isEqualTo(data("direct"));
      assertThat(server.repeats()).isZero();
      assertThat(server.batches().sizes().stream().mapToInt(Integer::intValue).sum())
          .isBetween(20, (int) server.count() - 10);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"expired", "cancelled", "missing", "cut", "too-much"})
  void run_batchThatGivesLess_isMadeUpFor(String fault) throws IOException {
    String expected = expected(FakeAnswers::good);
    Course course =
        switch (fault) {
          case "missing" -> new Course("completed", "", 1, Integer.MAX_VALUE, 3, 0);
          case "cut" -> new Course("completed", "", 1, Integer.MAX_VALUE, 0, 100);
          case "too-much" -> Course.failed("token_limit_exceeded");
          default -> Course.ended(fault, 5);
        };
    try (var server = new FakeOpenAi(FakeAnswers::good)) {
      // The first batch of examples goes so; those behind it go well.
      var begun = new AtomicInteger();
      server.batches().go(_ -> begun.incrementAndGet() == 2 ? course : Course.GOOD);
      Summary summary = run(server, "out", BATCHES);

      assertThat(data("out")).isEqualTo(expected);
      int lost = fault.equals("missing") ? 3 : 0;
      assertThat(server.repeats()).isEqualTo(lost);
      assertThat(summary.calls().verdicts().getOrDefault("lost", 0L)).isEqualTo(lost);
      if (lost == 0) {
        assertThat(spent("out")).isEqualByComparingTo(halfPrice(server));
      } else {
        // What was lost counts at the most it can have cost.
        assertThat(spent("out")).isGreaterThan(halfPrice(server));
      }
      if (fault.equals("too-much")) {
        List<Integer> sizes = server.batches().sizes();
        assertThat(sizes.get(2)).isEqualTo(sizes.get(1) / 2);
      }
    }
  }

  @Test
  void run_batchRefused_stopsWithTheReasonAndStartsAnew() throws IOException {
    try (var server = new FakeOpenAi(FakeAnswers::good)) {
      server.batches().go(_ -> Course.failed("model_not_found"));
      assertThatThrownBy(() -> run(server, "out", BATCHES))
          .isInstanceOf(LlmException.class)
          .hasMessageContaining("refuses batch batch_1 (model_not_found: no); check model");
      assertThat(spent("out")).isZero();

      server.batches().go(_ -> Course.GOOD);
      run(server, "out", BATCHES);
      assertThat(data("out")).hasLineCount(40);
    }
  }

  @Test
  void run_requestRefused_recordsTheOthersAndStops() throws IOException {
    try (var server =
        new FakeOpenAi(
            (request, times) ->
                request.draw("denied", 5) == 0
                    ? new FakeOpenAi.Reply.Failure(400, Map.of(), FakeOpenAi.error("no, sir", "x"))
                    : FakeAnswers.good(request, times))) {
      assertThatThrownBy(() -> run(server, "out", BATCHES))
          .isInstanceOf(LlmException.class)
          .hasMessageContaining("refuses requests with status 400 (400: no, sir)");
      assertThat(lines(folder.resolve("out/ledger.jsonl"))).hasSize((int) server.count());
    }
  }

  @Test
  void run_cap_isNeverPassedByWhatIsUnderWay() throws IOException {
    String expected = expected(FakeAnswers::good);
    try (var server = new FakeOpenAi(FakeAnswers::good)) {
      var cap = new BigDecimal("0.03");
      var most = new AtomicReference<>(BigDecimal.ZERO);
      server
          .batches()
          .watch(
              _ -> {
                most.accumulateAndGet(atStake("out"), BigDecimal::max);
                return true;
              });
      assertThatThrownBy(() -> run(server, "out", BATCHES, "budget.usd=0.01"))
          .isInstanceOf(BudgetException.class)
          .hasMessageContaining("raise budget.usd");
      assertThat(most.get()).isPositive().isLessThanOrEqualTo(new BigDecimal("0.01"));
      assertThat(expected).startsWith(data("out"));

      run(server, "out", BATCHES, "budget.usd=" + cap);
      assertThat(most.get()).isLessThanOrEqualTo(cap);
      assertThat(data("out")).isEqualTo(expected);
      assertThat(server.batches().count()).isGreaterThan(4);
      assertThat(spent("out")).isEqualByComparingTo(halfPrice(server));
    }
  }

  /// What is spent and what calls under way can cost.
  private BigDecimal atStake(String run) {
    try (Stream<Path> files = Files.list(folder.resolve(run).resolve("batches"))) {
      BigDecimal sum = spent(run);
      for (Path file : files.filter(one -> one.toString().matches(".*/[0-9]+.jsonl")).toList()) {
        sum = sum.add(usd(file));
      }
      return sum;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// For every request to the Batch API: the server does what it asks for, and the process is gone
  /// before it hears of it. What lies in its folder then is what the next process finds.
  @Test
  void run_killedAtAnyRequest_goesOnAndPaysForNothingTwice() throws IOException {
    String[] recipe = {BATCHES, "examples=12", "kinds={short-long: 1}"};
    String expected = expected(FakeAnswers::good, recipe[1], recipe[2]);
    int points = 0;
    while (true) {
      try (var server = new FakeOpenAi(FakeAnswers::good)) {
        Path kill = folder.resolve("kill" + points);
        if (!killAt(points, server, kill, recipe)) {
          break;
        }
        run(server, "kill" + points, recipe);
        assertThat(data("kill" + points)).as("killed at %d", points).isEqualTo(expected);
        assertThat(server.repeats()).as("killed at %d", points).isZero();
        assertThat(server.batches().count()).as("killed at %d", points).isEqualTo(2);
        assertThat(spent("kill" + points)).isEqualByComparingTo(halfPrice(server));
        points++;
      }
    }
    // Two batches: upload, create, asked after until the end, output.
    assertThat(points).isGreaterThan(10);
  }

  /// A judge's calls are known again by their schema too, which has the scores in it.
  @Test
  void run_killedWithAJudge_paysForNoScoreTwice() throws IOException {
    String[] recipe = {BATCHES, "examples=12", "kinds={short-long: 1}", "filters.judge=4"};
    String expected = expected(FakeAnswers::good, recipe[1], recipe[2], recipe[3]);
    for (int point : new int[] {8, 10, 12, 14}) {
      try (var server = new FakeOpenAi(FakeAnswers::good)) {
        assertThat(killAt(point, server, folder.resolve("kill" + point), recipe)).isTrue();
        run(server, "kill" + point, recipe);
        assertThat(data("kill" + point)).as("killed at %d", point).isEqualTo(expected);
        assertThat(server.repeats()).as("killed at %d", point).isZero();
      }
    }
  }

  /// @return whether the run came so far
  private boolean killAt(int point, FakeOpenAi server, Path killed, String... recipe)
      throws IOException {
    var requests = new AtomicInteger();
    var gone = new AtomicBoolean();
    server
        .batches()
        .watch(
            _ -> {
              if (requests.getAndIncrement() == point) {
                copy(folder.resolve("alive" + point), killed);
                gone.set(true);
              }
              return !gone.get();
            });
    try {
      String[] once =
          Stream.concat(Stream.of(recipe), Stream.of("budget.attempts=1")).toArray(String[]::new);
      run(server, "alive" + point, once);
    } catch (LlmException _) {
      // What it does behind that point happens to another folder.
    }
    server.batches().watch(_ -> true);
    return gone.get();
  }

  private static void copy(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void run_stopped_leavesTheBatchToTheNextProcess() throws IOException {
    String expected = expected(FakeAnswers::good);
    try (var server = new FakeOpenAi(FakeAnswers::good)) {
      server.batches().go(_ -> new Course("completed", "", 5, Integer.MAX_VALUE, 0, 0));
      assertThatThrownBy(
              () ->
                  generator(server, BATCHES)
                      .run(
                          folder.resolve("out"),
                          Progress.NONE,
                          () -> server.batches().requests().size() > 4))
          .isInstanceOf(StoppedException.class)
          .hasMessage(
              "stopped; a batch goes on at the server, and the same command takes the answers");

      // What is under way is waited for although all else is asked for one by one now.
      run(server, "out");

      assertThat(data("out")).isEqualTo(expected);
      assertThat(server.repeats()).isZero();
      assertThat(server.batches().count()).isEqualTo(1);
    }
  }

  @Test
  void run_pollsFailing_goesOnAndGivesUpInTheEnd() throws IOException {
    try (var server = new FakeOpenAi(FakeAnswers::good)) {
      var polls = new AtomicInteger();
      server.batches().watch(_ -> polls.incrementAndGet() % 3 > 0);
      run(server, "out", BATCHES);
      assertThat(data("out")).hasLineCount(40);
      assertThat(server.repeats()).isZero();

      server.batches().watch(request -> !request.startsWith("GET"));
      assertThatThrownBy(() -> run(server, "other", BATCHES, "budget.attempts=2"))
          .isInstanceOf(LlmException.class)
          .hasMessageContaining("does not go on with a batch: it failed 2 times in a row")
          .hasMessageContaining("the same command goes on");
    }
  }

  @Test
  void run_downloadsFailing_givesUpAndPaysForNothingTwice() throws IOException {
    try (var server = new FakeOpenAi(FakeAnswers::good)) {
      server.batches().watch(request -> !request.endsWith("/content"));
      assertThatThrownBy(() -> run(server, "out", BATCHES, "budget.attempts=3"))
          .isInstanceOf(LlmException.class)
          .hasMessageContaining("does not go on with a batch: it failed 3 times in a row");

      server.batches().watch(_ -> true);
      run(server, "out", BATCHES);
      assertThat(data("out")).hasLineCount(40);
      assertThat(server.repeats()).isZero();
    }
  }

  /// What is refused stands before the cut, and must not be forgotten when the file comes whole.
  @Test
  void run_requestRefusedInAFileThatIsCut_stops() throws IOException {
    try (var server =
        new FakeOpenAi(
            (request, times) ->
                request.draw("denied", 5) == 0
                    ? new FakeOpenAi.Reply.Failure(400, Map.of(), FakeOpenAi.error("no, sir", "x"))
                    : FakeAnswers.good(request, times))) {
      server.batches().go(_ -> new Course("completed", "", 1, Integer.MAX_VALUE, 0, 100));
      assertThatThrownBy(() -> run(server, "out", BATCHES))
          .isInstanceOf(LlmException.class)
          .hasMessageContaining("refuses requests with status 400");
      assertThat(server.repeats()).isZero();
    }
  }

  @Test
  void run_progress_tellsOfTheBatch() throws IOException {
    try (var server = new FakeOpenAi(FakeAnswers::good)) {
      var said = new AtomicReference<>("");
      generator(server, BATCHES, "llms.0.batch.poll_seconds=0.05")
          .run(
              folder.resolve("out"),
              (_, _, detail) -> said.accumulateAndGet(detail, (all, one) -> all + one + "\n"),
              () -> false);
      assertThat(said.get())
          .containsPattern("1 batch under way, 0 of [0-9]+ requests done, at most 24 h left");
    }
  }

  @Test
  void run_callsOfABatchMissing_areNotForgotten() throws IOException {
    try (var server = new FakeOpenAi(FakeAnswers::good)) {
      killAt(2, server, folder.resolve("killed"), BATCHES);
      Files.delete(folder.resolve("killed/batches/1.jsonl"));

      assertThatThrownBy(() -> run(server, "killed", BATCHES))
          .hasMessageContaining("batches/1.jsonl: is missing, and its calls are under way");
    }
  }

  @Test
  void plan_wrongBatch_isRefusedByKey() throws IOException {
    try (var server = new FakeOpenAi(FakeAnswers::good)) {
      assertThatThrownBy(() -> generator(server, "llms.0.batch.requests=50001"))
          .isInstanceOf(UsageException.class)
          .hasMessageContaining(
              "llms.0.batch.requests must be 0 for no batches, or at most 50,000");
      assertThatThrownBy(() -> generator(server, "llms.0.batch.at_once=0"))
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("llms.0.batch.at_once must be at least 1");
    }
  }
}
