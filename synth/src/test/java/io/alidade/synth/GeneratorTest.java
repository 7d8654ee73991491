package io.alidade.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.alidade.core.AlidadeException;
import io.alidade.core.Example;
import io.alidade.core.Progress;
import io.alidade.core.TaskKind;
import io.alidade.core.UsageException;
import io.alidade.core.WriteFailure;
import io.alidade.core.manifest.Manifest;
import io.alidade.core.recipe.Recipe;
import io.alidade.data.TrainingDefaults;
import io.alidade.data.TrainingFile;
import io.alidade.synth.filter.Similarity;
import io.alidade.synth.ledger.BudgetException;
import io.alidade.synth.ledger.LlmException;
import io.alidade.synth.ledger.StoppedException;
import io.alidade.synth.llm.ChatClients;
import io.alidade.testkit.llm.FakeAnswers;
import io.alidade.testkit.llm.FakeDocuments;
import io.alidade.testkit.llm.FakeOpenAi;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GeneratorTest {
  private static final String KEY = "sk-very-secret";
  private static final int EXAMPLES = 60;

  @TempDir Path folder;

  private GeneratePlan generatorPlan(FakeOpenAi server, String... overrides) throws IOException {
    Path file = folder.resolve("recipe.yaml");
    Files.writeString(
        file,
        """
        examples: %d
        languages: {en: 0.7, de: 0.3}
        llms:
          - {model: small, base_url: "%s", api_key_env: FAKE_KEY, weight: 0.25,
             price: {input: 0.5, output: 1.5}, timeout_seconds: 20, max_tokens: 1000}
          - {model: large, base_url: "%s", api_key_env: FAKE_KEY, weight: 0.75,
             price: {input: 2.5, output: 10}, timeout_seconds: 20, max_tokens: 1000}
        budget: {concurrency: 6, backoff_seconds: 0.001}
        filters: {languages: false}
        """
            .formatted(EXAMPLES, server.baseUrl(), server.baseUrl()));
    Recipe<GenerateRecipe> recipe = Recipe.read(GenerateRecipe.class, file, List.of(overrides));
    return GeneratePlan.of(recipe, Map.of("FAKE_KEY", KEY));
  }

  private Generator generator(FakeOpenAi server, String... overrides) throws IOException {
    return new Generator(generatorPlan(server, overrides));
  }

  private Summary run(FakeOpenAi server, String out, String... overrides) throws IOException {
    return generator(server, overrides).run(folder.resolve(out), Progress.NONE, () -> false);
  }

  private String data(String run) throws IOException {
    return Files.readString(folder.resolve(run).resolve(Generator.DATA_FILE));
  }

  private List<JsonNode> ledger(String run) throws IOException {
    return Files.readAllLines(folder.resolve(run).resolve("ledger.jsonl")).stream()
        .map(JsonMapper.shared()::readTree)
        .toList();
  }

  private BigDecimal spent(String run) throws IOException {
    return ledger(run).stream()
        .map(line -> line.required("usd").decimalValue())
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  @Test
  void run_goodServer_makesTheDataSetAtTheServersPrice() throws IOException {
    try (var server = new FakeOpenAi(FakeAnswers::good)) {
      Summary summary = run(server, "out", "llms.0.weight=0", "examples=150");

      assertThat(summary.examples()).isEqualTo(150);
      List<Example> examples =
          TrainingFile.read(
              folder.resolve("out/train.jsonl"), new TrainingDefaults("", TaskKind.STS, "en"));
      assertThat(examples).hasSize(150);
      assertThat(examples).extracting(Example::kind).contains(TaskKind.values());
      assertThat(examples)
          .allSatisfy(
              one ->
                  assertThat(one.negatives())
                      .hasSize(
                          one.kind() == TaskKind.SHORT_SHORT || one.kind() == TaskKind.LONG_LONG
                              ? 0
                              : 1));
      assertThat(server.repeats()).isZero();
      assertThat(summary.calls().calls()).isEqualTo(server.count());
      assertThat(spent("out"))
          .isEqualByComparingTo(
              BigDecimal.valueOf(2.5)
                  .multiply(BigDecimal.valueOf(server.inputTokens()))
                  .add(BigDecimal.TEN.multiply(BigDecimal.valueOf(server.outputTokens())))
                  .movePointLeft(6));
      Manifest manifest = Manifest.read(folder.resolve("out"));
      assertThat(manifest.complete()).isTrue();
      assertThat(manifest.counts()).containsEntry("examples", 150L);
    }
  }

  @Test
  void run_nothingIsEverAccepted_stopsAndSaysWhy() throws IOException {
    try (var server =
        new FakeOpenAi((_, _) -> new FakeOpenAi.Reply.Completion("{\"S1\": \"a", "length"))) {
      String[] hopeless = {"kinds={sts: 1}", "budget.rejections_in_a_row=25"};
      assertThatThrownBy(() -> run(server, "out", hopeless))
          .isInstanceOf(AlidadeException.class)
          .hasMessageStartingWith(
              "the last 25 candidates were all refused (25 cut); rejected.jsonl")
          .hasMessageContaining("raise budget.rejections_in_a_row");
      long calls = server.count();
      assertThat(calls).isLessThan(60);
      assertThat(Files.readAllLines(folder.resolve("out/rejected.jsonl"))).hasSize(25);

      hopeless[1] = "budget.rejections_in_a_row=80";
      assertThatThrownBy(() -> run(server, "out", hopeless))
          .hasMessageStartingWith("the last 80 candidates were all refused");
      assertThat(server.repeats()).isZero();
    }
  }

  @Test
  void run_variety_standsInProvenanceAndInTheEstimate() throws IOException {
    String[] varied = {
      "examples=20", "variety={personas: built-in, question_types: {how-to: 1}}", "seed=3"
    };
    try (var server = new FakeOpenAi(FakeAnswers::good)) {
      run(server, "out", varied);

      assertThat(
              TrainingFile.read(
                  folder.resolve("out/train.jsonl"), new TrainingDefaults("", TaskKind.STS, "en")))
          .hasSize(20)
          .allMatch(one -> one.provenance().containsKey("persona") != one.kind().symmetric())
          .filteredOn(one -> one.kind() == TaskKind.SHORT_LONG)
          .allMatch(one -> "how-to".equals(one.provenance().get("question_type")))
          .isNotEmpty();
      Estimate plain = Estimate.of(generatorPlan(server, "examples=20", "seed=3"));
      Estimate estimate = Estimate.of(generatorPlan(server, varied));
      assertThat(estimate.inputTokens()).isGreaterThan(plain.inputTokens() + 20 * 20);
      assertThat(estimate.outputTokens()).isEqualTo(plain.outputTokens());
    }
  }

  @Test
  void run_tasksFromAFile_areAskedAboutAndNamed() throws IOException {
    Files.writeString(
        folder.resolve("tasks.txt"), "Find the rule of the game\n\nFind the winner\n");
    try (var server = new FakeOpenAi(FakeAnswers::good)) {
      run(server, "out", "kinds={short-long: 1}", "tasks={short-long: tasks.txt}", "examples=20");

      assertThat(server.count()).isEqualTo(20);
      assertThat(
              TrainingFile.read(
                  folder.resolve("out/train.jsonl"), new TrainingDefaults("", TaskKind.STS, "en")))
          .extracting(one -> one.instruction() + " " + one.provenance().get("task_from"))
          .contains("Find the rule of the game tasks.txt:1", "Find the winner tasks.txt:3")
          .hasSize(20);

      Files.writeString(folder.resolve("tasks.txt"), "Find another thing\n");
      assertThatThrownBy(
              () ->
                  run(
                      server,
                      "out",
                      "kinds={short-long: 1}",
                      "tasks={short-long: tasks.txt}",
                      "examples=20"))
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("tasks.txt (tasks.short-long) has changed since");
    }
  }

  private List<Example> examples(String run) {
    return TrainingFile.read(
        folder.resolve(run).resolve("train.jsonl"), new TrainingDefaults("", TaskKind.STS, "en"));
  }

  @Test
  void run_judge_keepsWhatScoresWellAndPaysForItLikeForAllElse() throws IOException {
    try (var server = new FakeOpenAi(FakeAnswers::faultyAtOnce);
        var other = new FakeOpenAi(FakeAnswers::faultyAtOnce)) {
      Summary summary = run(server, "out", "filters.judge=4", "examples=25");
      run(other, "alone", "filters.judge=4", "examples=25", "budget.concurrency=2");

      assertThat(summary.rejected()).containsKeys("judged", "not-judged");
      assertThat(examples("out"))
          .hasSize(25)
          .allSatisfy(
              one ->
                  assertThat(Integer.parseInt(String.valueOf(one.provenance().get("judge_score"))))
                      .isBetween(4, 5));
      assertThat(folder.resolve("out/rejected.jsonl"))
          .content()
          .contains("the judge gave it 3 of 5");
      assertThat(server.repeats()).isZero();
      assertThat(summary.calls().calls()).isEqualTo(server.count());
      assertThat(data("out")).isEqualTo(data("alone"));
    }
  }

  @Test
  void run_embedder_refusesWhatItDisagreesWithAndQueriesThatMeanTheSame() throws IOException {
    String[] filters = {
      "filters.agreement=true",
      "filters.semantic_duplicates=0.6",
      "kinds={short-long: 1}",
      "examples=8"
    };
    try (var server = new FakeOpenAi(FakeAnswers::good)) {
      assertThatThrownBy(() -> run(server, "out", filters))
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("name an embedding model with --embedder");
      var embedder = new RandomEmbedder();
      Summary summary =
          new Generator(
                  generatorPlan(server, filters),
                  Optional.of(new Similarity(embedder, "random-1")),
                  ChatClients.servers())
              .run(folder.resolve("out"), Progress.NONE, () -> false);

      assertThat(summary.rejected()).containsKeys("disagreement", "semantic-duplicate");
      List<Example> examples = examples("out");
      for (Example one : examples) {
        assertThat(embedder.cosine(one.query(), one.positive()))
            .isGreaterThan(embedder.cosine(one.query(), one.negatives().getFirst()));
        assertThat(examples)
            .filteredOn(other -> !other.equals(one))
            .allMatch(other -> embedder.cosine(one.query(), other.query()) < 0.6);
      }
      assertThat(Manifest.read(folder.resolve("out")).recipe().path("embedder").asString())
          .isEqualTo("random-1");
    }
  }

  private void writeDocuments() throws IOException {
    Files.createDirectories(folder.resolve("docs"));
    for (int i = 0; i < 6; i++) {
      Files.writeString(folder.resolve("docs/d" + i + ".txt"), FakeDocuments.paragraphs(i, 2));
    }
  }

  private static final String[] GROUNDED = {
    "documents={path: docs, least_words: 10, most_words: 60, language: en}", "examples=20"
  };

  @Test
  void run_documents_makesExamplesAboutTheirPassages() throws IOException {
    writeDocuments();
    Files.writeString(folder.resolve("docs/broken.pdf"), "%PDF-1.4 and no more");
    try (var server = new FakeOpenAi(FakeAnswers::good)) {
      Summary summary = run(server, "out", GROUNDED);

      assertThat(summary.examples()).isEqualTo(20);
      List<Example> examples =
          TrainingFile.read(
              folder.resolve("out/train.jsonl"), new TrainingDefaults("", TaskKind.STS, "de"));
      assertThat(examples)
          .allSatisfy(
              one -> {
                Object document = one.provenance().get("document");
                assertThat(folder.resolve("docs").resolve(String.valueOf(document)))
                    .content()
                    .contains(one.positive());
                assertThat(one.provenance()).containsKeys("passage", "passage_number", "call");
                assertThat(one.kind()).isEqualTo(TaskKind.SHORT_LONG);
                assertThat(one.language()).isEqualTo("en");
                assertThat(one.instruction()).isNotBlank();
                assertThat(one.negatives()).hasSize(1);
              });
      // 12 passages, each before any comes again; six documents, each before any comes again.
      assertThat(examples.subList(0, 12)).extracting(Example::positive).doesNotHaveDuplicates();
      assertThat(examples.subList(0, 6))
          .extracting(one -> one.provenance().get("document"))
          .doesNotHaveDuplicates();
      assertThat(server.requests())
          .allMatch(request -> request.prompt().contains("<passage>"))
          .hasSize(20);
      assertThat(Manifest.read(folder.resolve("out")).counts())
          .containsEntry("documents", 6L)
          .containsEntry("documents_skipped", 1L)
          .containsEntry("passages", 12L);
    }
  }

  @Test
  void run_documentsUsedUp_saysHowToGoOn() throws IOException {
    writeDocuments();
    FakeOpenAi.Behaviour refusing =
        (request, times) ->
            request.draw("refused", 3) == 0
                ? new FakeOpenAi.Reply.Refusal("no")
                : FakeAnswers.good(request, times);
    try (var server = new FakeOpenAi(refusing);
        var other = new FakeOpenAi(refusing)) {
      String[] once = {GROUNDED[0], "examples=12", "documents.queries_per_passage=1"};
      assertThatThrownBy(() -> run(server, "out", once))
          .hasMessageContaining("the documents are used up: each of 12 passages")
          .hasMessageContaining("raise documents.queries_per_passage");
      String part = data("out");
      run(server, "out", GROUNDED[0], "examples=12", "documents.queries_per_passage=2");
      run(other, "whole", GROUNDED[0], "examples=12", "documents.queries_per_passage=2");

      assertThat(data("out")).startsWith(part).isEqualTo(data("whole")).hasLineCount(12);
      assertThat(server.repeats()).isZero();
    }
  }

  @Test
  void run_documentsAmongOtherKinds_areAskedAboutInTurn() throws IOException {
    writeDocuments();
    try (var server = new FakeOpenAi(FakeAnswers::good)) {
      run(
          server,
          "out",
          GROUNDED[0],
          "kinds={grounded: 1, sts: 3}",
          "languages={en: 1}",
          "examples=40");

      List<Object> passages =
          TrainingFile.read(
                  folder.resolve("out/train.jsonl"), new TrainingDefaults("", TaskKind.STS, "en"))
              .stream()
              .filter(one -> one.provenance().containsKey("passage"))
              .<Object>map(one -> one.provenance().get("passage"))
              .toList();
      assertThat(passages).hasSizeBetween(4, 20);
      assertThat(passages.subList(0, Math.min(12, passages.size()))).doesNotHaveDuplicates();
    }
  }

  @Test
  void plan_documentsThatDoNotFitTheRecipe_areRefused() throws IOException {
    writeDocuments();
    try (var server = new FakeOpenAi(FakeAnswers::good)) {
      assertThatThrownBy(() -> generator(server, GROUNDED[0], "examples=37"))
          .isInstanceOf(UsageException.class)
          .hasMessageContaining(
              "37 of them would be about passages, and 12 passages make at most 36");
      assertThatThrownBy(() -> generator(server, "kinds={grounded: 1}"))
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("kinds.grounded asks about passages; say in documents.path");
      assertThatThrownBy(() -> generator(server, GROUNDED[0], "kinds={sts: 1}"))
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("no prompt in kinds asks about passages; add grounded");
      assertThatThrownBy(() -> generator(server, "documents={path: docs, language: qq}"))
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("documents.language: \"qq\" is no language");
      assertThatThrownBy(() -> generator(server, "documents={path: docs, most_words: 40}"))
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("documents.most_words must be at least twice leastWords (30)");
    }
  }

  @Test
  void run_everyFault_finishesAndCountsNothingTwice() throws IOException {
    try (var server = new FakeOpenAi(FakeAnswers::faultyAtOnce);
        var other = new FakeOpenAi(FakeAnswers::faultyAtOnce)) {
      Summary summary = run(server, "out", "examples=80");
      run(other, "alone", "examples=80", "budget.concurrency=2");

      assertThat(summary.examples()).isEqualTo(80);
      assertThat(summary.rejected())
          .containsKeys("refused", "filtered", "cut", "not-json", "schema", "length");
      assertThat(summary.rejected().values().stream().mapToLong(Long::longValue).sum())
          .isEqualTo(summary.candidates() - 80)
          .isEqualTo(Files.readAllLines(folder.resolve("out/rejected.jsonl")).size());
      assertThat(summary.calls().verdicts())
          .containsKeys("answered", "throttled", "failed", "lost", "refused", "filtered", "cut");
      assertThat(server.repeats()).isZero();
      assertThat(summary.calls().calls()).isEqualTo(server.count());
      // Where the server runs is no part of an answer, nor is the number of calls at a time.
      assertThat(data("out")).isEqualTo(data("alone"));
    }
  }

  @Test
  void run_capReached_stopsBelowItAndGoesOnWhenItIsRaised() throws IOException {
    try (var server = new FakeOpenAi(FakeAnswers::faultyAtOnce);
        var other = new FakeOpenAi(FakeAnswers::faultyAtOnce)) {
      run(other, "whole");

      assertThatThrownBy(() -> run(server, "out", "budget.usd=0.25"))
          .isInstanceOf(BudgetException.class)
          .hasMessageContaining("of 0.2500 USD are spent")
          .hasMessageContaining("raise budget.usd");
      assertThat(spent("out")).isLessThanOrEqualTo(new BigDecimal("0.25"));
      assertThat(data("whole")).startsWith(data("out"));
      assertThat(data("out")).isNotEmpty();
      assertThat(Manifest.read(folder.resolve("out")).complete()).isFalse();

      run(server, "out", "budget.usd=50");
      assertThat(data("out")).isEqualTo(data("whole"));
      assertThat(server.repeats()).isZero();
    }
  }

  @Test
  void run_stopRequested_keepsWhatIsThereAndGoesOn() throws IOException {
    try (var server = new FakeOpenAi(FakeAnswers::faultyAtOnce)) {
      assertThatThrownBy(
              () ->
                  generator(server)
                      .run(folder.resolve("out"), Progress.NONE, () -> server.count() > 40))
          .isInstanceOf(StoppedException.class)
          .hasMessageContaining("the same command goes on");
      String part = data("out");

      run(server, "out");

      assertThat(data("out")).startsWith(part).hasLineCount(EXAMPLES);
      assertThat(server.repeats()).isZero();
    }
  }

  /// Linux has a device that is always full.
  @Test
  void run_diskFull_isOneSentenceAndLosesNoAnswer() throws IOException {
    Path full = Path.of("/dev/full");
    assumeThat(full).exists();
    Path partial = Files.createDirectories(folder.resolve("out")).resolve("train.jsonl.partial");
    Files.createSymbolicLink(partial, full);
    try (var server = new FakeOpenAi(FakeAnswers::good)) {
      assertThatThrownBy(() -> run(server, "out"))
          .isInstanceOf(WriteFailure.class)
          .hasMessage(
              "cannot write %s: the disk is full; free some space and run the same command again"
                  .formatted(folder.resolve("out/train.jsonl")));
      long calls = server.count();
      assertThat(Manifest.read(folder.resolve("out")).complete()).isFalse();

      Files.delete(partial);
      run(server, "out");

      assertThat(calls).isPositive();
      assertThat(data("out")).hasLineCount(EXAMPLES);
      assertThat(server.repeats()).isZero();
    }
  }

  @Test
  void run_done_asksForNothingAgain() throws IOException {
    try (var server = new FakeOpenAi(FakeAnswers::good)) {
      run(server, "out");
      String before = data("out");
      long calls = server.count();

      Summary again = run(server, "out");

      assertThat(server.count()).isEqualTo(calls);
      assertThat(data("out")).isEqualTo(before);
      assertThat(again.examples()).isEqualTo(EXAMPLES);
    }
  }

  @Test
  void run_otherRecipe_isRefusedByKey() throws IOException {
    try (var server = new FakeOpenAi(FakeAnswers::good)) {
      run(server, "out", "examples=3");

      assertThatThrownBy(() -> run(server, "out", "examples=3", "seed=7"))
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("seed (was 42, is 7)");
    }
  }

  @Test
  void run_ledgersLastLineTorn_asksForThatCallAlone() throws IOException {
    try (var server = new FakeOpenAi(FakeAnswers::good)) {
      run(server, "out", "examples=10");
      long calls = server.count();
      String whole = data("out");
      Path ledger = folder.resolve("out/ledger.jsonl");
      String text = Files.readString(ledger);
      Files.writeString(ledger, text.substring(0, text.length() - 20));

      run(server, "out", "examples=10", "budget.concurrency=2");

      assertThat(server.count()).isEqualTo(calls + 1);
      assertThat(data("out")).isEqualTo(whole);
    }
  }

  @Test
  void run_anyFile_holdsNoKey() throws IOException {
    try (var server = new FakeOpenAi(FakeAnswers::faultyAtOnce)) {
      run(server, "out");

      assertThat(server.requests())
          .allMatch(request -> request.authorization().equals("Bearer " + KEY));
      try (Stream<Path> files = Files.walk(folder)) {
        assertThat(files.filter(Files::isRegularFile))
            .hasSizeGreaterThan(5)
            .allSatisfy(file -> assertThat(Files.readString(file)).doesNotContain(KEY));
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          401 | invalid_api_key    | check the key in the environment variable FAKE_KEY
          404 | model_not_found    | check model and base_url
          429 | insufficient_quota | out of credit
          400 | unsupported_value  | check model, output, token_limit
          """)
  void run_denied_stopsWithTheWayOut(int status, String code, String way) throws IOException {
    try (var server =
        new FakeOpenAi(
            (_, _) ->
                new FakeOpenAi.Reply.Failure(
                    status, Map.of(), FakeOpenAi.error("no, because", code)))) {
      assertThatThrownBy(() -> run(server, "out"))
          .isInstanceOf(LlmException.class)
          .hasMessageContaining("at " + server.baseUrl())
          .hasMessageContaining("no, because")
          .hasMessageContaining(way);
      assertThat(server.count()).isLessThanOrEqualTo(24);
    }
  }

  @Test
  void run_serverDown_stopsAndLosesNothing() throws IOException {
    try (var server =
        new FakeOpenAi(
            (request, times) ->
                request.draw("down", 2) == 0
                    ? new FakeOpenAi.Reply.Failure(500, Map.of(), FakeOpenAi.error("down", "x"))
                    : FakeAnswers.good(request, times))) {
      assertThatThrownBy(() -> run(server, "out", "budget.attempts=2", "budget.concurrency=1"))
          .isInstanceOf(LlmException.class)
          .hasMessageContaining("gives no answers: 3 calls in a row failed 2 times each")
          .hasMessageContaining("the same command goes on");
    }
  }

  @Test
  void plan_whatCannotBeKept_isRefusedBeforeAnythingIsSent() throws IOException {
    try (var server = new FakeOpenAi(FakeAnswers::good)) {
      assertThatThrownBy(() -> generator(server, "budget.usd=1", "llms.1.price="))
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("llms.1.price is missing, so budget.usd could not be kept");
      assertThatThrownBy(() -> generator(server, "llms.1.api_key_env=OTHER").checkKeys())
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("the environment variable OTHER is not set");
      assertThatThrownBy(() -> generator(server, "llms.0.weight=-1"))
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("llms.0.weight must not be negative");
      assertThat(server.count()).isZero();
    }
  }
}
