package io.alidade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.core.recipe.Recipe;
import io.alidade.synth.GenerateRecipe;
import io.alidade.synth.llm.ChatClients;
import io.alidade.synth.llm.LlmConfig;
import io.alidade.testkit.llm.FakeAnswers;
import io.alidade.testkit.llm.FakeDocuments;
import io.alidade.testkit.llm.FakeOpenAi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GenerateCommandTest {
  @TempDir Path folder;

  private final CommandRunner runner = new CommandRunner();
  private final FakeOpenAi server = new FakeOpenAi(FakeAnswers::good);

  @BeforeEach
  void writeRecipe() throws IOException {
    Files.writeString(
        folder.resolve("recipe.yaml"),
        """
        examples: 12
        languages: {en: 1, de: 1}
        llms:
          - {model: m, base_url: "%s", price: {input: 2.5, output: 10}, max_tokens: 500}
        budget: {usd: 5, backoff_seconds: 0}
        filters: {languages: false}
        """
            .formatted(server.baseUrl()));
  }

  @AfterEach
  void closeServer() {
    server.close();
  }

  private CommandRunner.Result generate(String... more) {
    var words = new Object[5 + more.length];
    words[0] = "generate";
    words[1] = "--recipe";
    words[2] = folder.resolve("recipe.yaml");
    words[3] = "--out";
    words[4] = folder.resolve("out");
    System.arraycopy(more, 0, words, 5, more.length);
    return runner.run(words);
  }

  @Test
  void generate_recipe_makesTheFilesAndSaysWhatItTook() {
    CommandRunner.Result result = generate();

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out())
        .startsWith("12 examples of 12 candidates\n")
        .contains("calls   " + server.count())
        .contains(" USD\n")
        .contains(folder.resolve("out/train.jsonl").toString());
    assertThat(folder.resolve("out/train.jsonl")).content().hasLineCount(12);
    assertThat(folder.resolve("out/rejected.jsonl")).isEmptyFile();
    assertThat(folder.resolve("out/README.md"))
        .content()
        .startsWith("---\n")
        .contains("path: train.jsonl", "12 examples under");
    assertThat(folder.resolve("out/manifest.json")).content().contains("\"examples\" : 12");
  }

  @Test
  void generate_noLlmNamed_warnsOfWeakTextsAndHowToNameOne() throws IOException {
    Path recipe =
        Files.writeString(folder.resolve("small.yaml"), "examples: 2\nlanguages: {en: 1, de: 1}\n");
    var behind = Recipe.read(GenerateRecipe.class, folder.resolve("recipe.yaml"), List.of());
    LlmConfig served = behind.settings().llms().getFirst();
    runner.llms = (_, _) -> (_, key) -> ChatClients.servers().open(served, key);

    CommandRunner.Result result =
        runner.run("generate", "--recipe", recipe, "--out", folder.resolve("out"));

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out()).startsWith("2 examples of 2 candidates\n").contains(", 0.0000 USD");
    assertThat(result.err())
        .contains(LlmConfig.EMBEDDED_MODEL + " writes in this process")
        .contains("weakly", "name a server in the recipe", "base_url");
  }

  @Test
  void generate_json_isOneObject() {
    JsonNode result = JsonMapper.shared().readTree(generate("--json").out());

    assertThat(result.required("examples").asInt()).isEqualTo(12);
    assertThat(result.required("calls").asLong()).isEqualTo(server.count());
    assertThat(result.at("/verdicts/answered").asLong()).isEqualTo(server.count());
    assertThat(result.required("usd").asDouble()).isPositive();
  }

  @Test
  void generate_dryRun_estimatesAndSendsNothing() {
    CommandRunner.Result text = generate("--dry-run", "--set", "examples=500000");
    JsonNode json = JsonMapper.shared().readTree(generate("--dry-run", "--json").out());

    assertThat(text.code()).isZero();
    assertThat(text.out()).contains("expected: 5").contains("tokens in").contains("between");
    assertThat(json.required("calls").asLong()).isBetween(12L, 20L);
    assertThat(json.required("usd_low").asDouble()).isLessThan(json.required("usd").asDouble());
    assertThat(server.count()).isZero();
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void generate_batches_costHalfAndSayHowLongTheyMayTake() {
    String batches = "llms.0.batch={requests: 1000, poll_seconds: 0.01}";
    JsonNode alone = JsonMapper.shared().readTree(generate("--dry-run", "--json").out());
    CommandRunner.Result text = generate("--dry-run", "--set", batches);
    JsonNode json =
        JsonMapper.shared().readTree(generate("--dry-run", "--json", "--set", batches).out());
    CommandRunner.Result result = generate("--set", batches, "--json");

    assertThat(json.required("usd").asDouble() * 2).isEqualTo(alone.required("usd").asDouble());
    assertThat(json.required("batch_rounds").asLong()).isEqualTo(2);
    assertThat(text.out()).endsWith("about 2 rounds of batches, each of up to 24 h\n");
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.err()).contains("rounds of batches");
    assertThat(JsonMapper.shared().readTree(result.out()).required("usd").asDouble())
        .isEqualTo((2.5 * server.inputTokens() + 10.0 * server.outputTokens()) / 2e6);
  }

  /// The estimate's error is as stated, on answers of the lengths asked for.
  @Test
  void generate_dryRun_isNearTheTruth() {
    double expected =
        JsonMapper.shared()
            .readTree(generate("--dry-run", "--json").out())
            .required("input_tokens")
            .asDouble();
    generate();
    assertThat((double) server.inputTokens()).isBetween(expected / 2, expected * 2);
  }

  @Test
  void generate_documents_makesExamplesAboutThemAndNamesWhatIsSkipped() throws IOException {
    Path documents = Files.createDirectories(folder.resolve("my: docs"));
    for (int i = 0; i < 4; i++) {
      Files.writeString(documents.resolve(i + ".txt"), FakeDocuments.paragraphs(i, 3));
    }
    Files.writeString(documents.resolve("broken.pdf"), "%PDF-1.4 and no more");
    String[] more = {
      "--documents",
      documents.toString(),
      "--set",
      "documents.language=en",
      "--set",
      "documents.most_words=60"
    };

    CommandRunner.Result result = generate(more);

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.err())
        .contains("broken.pdf is skipped: ")
        .contains("documents: 4 read, 1 skipped, 0 files of other formats; 12 passages, not");
    assertThat(result.out()).startsWith("12 examples of 12 candidates\n");
    assertThat(folder.resolve("out/train.jsonl")).content().contains("\"document\":\"0.txt\"");
  }

  @Test
  void generate_documentsDryRun_sendsNothing() throws IOException {
    Path documents = Files.createDirectories(folder.resolve("docs"));
    CommandRunner.Result empty = generate("--documents", documents.toString(), "--dry-run");
    Files.writeString(documents.resolve("a.txt"), FakeDocuments.paragraphs(1, 20));
    CommandRunner.Result estimate =
        generate(
            "--documents", documents.toString(), "--dry-run", "--set", "documents.language=en");

    assertThat(empty.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(empty.err()).contains("holds no document that can be read").hasLineCount(1);
    assertThat(estimate.out()).startsWith("expected: 12 calls");
    assertThat(server.count()).isZero();
  }

  @Test
  void generate_embedder_judgesWithTheModel() throws IOException {
    Path model = Files.createDirectories(folder.resolve("model"));
    Files.writeString(model.resolve("weights"), "w");
    String[] agreement = {"--set", "filters.agreement=true", "--set", "examples=3"};

    CommandRunner.Result without = generate(agreement);
    CommandRunner.Result with =
        generate(
            Stream.concat(Stream.of("--embedder", model.toString()), Arrays.stream(agreement))
                .toArray(String[]::new));

    assertThat(without.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(without.err()).contains("name an embedding model with --embedder");
    assertThat(with.code()).as(with.err()).isZero();
    assertThat(runner.embedder.inputs).isNotEmpty();
  }

  @Test
  void generate_stopped_saysHowToGoOn() {
    // Whoever asks to stop waits for the command's end.
    Thread _ = Thread.ofVirtual().start(runner.interruption::stop);
    while (!runner.interruption.stopRequested()) {
      Thread.onSpinWait();
    }
    CommandRunner.Result result = generate();
    runner.interruption.commandEnded();

    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err()).contains("the same command goes on");
  }

  @Test
  void generate_budgetUsedUp_fails() {
    CommandRunner.Result result = generate("--set", "budget.usd=0.02");

    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err()).contains("alidade: the budget is used up").contains("budget.usd");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          languages={xx: 1}           | languages: "xx" is no language
          kinds={stss: 1}             | kinds: there is no prompt "stss"; did you mean "sts"?
          kinds={sts: -1}             | kinds: the weight of sts must not be negative
          llms.0.price=               | llms.0.price is missing
          llms.0.api_key_env=NO_SUCH  | the environment variable NO_SUCH is not set
          llms.0.base_url=nowhere     | llms.0.base_url must be a URL
          llms.0={model: m, api_key_env: K} | llms.0.base_url is missing; whose server is the key in K
          llms.0.modle=x              | unknown key "llms.0.modle"; did you mean "llms.0.model"?
          prompts=none                | there is no folder
          examples=0                  | examples must be at least 1
          """)
  void generate_badRecipe_isOneSentenceAndSendsNothing(String assignment, String message) {
    CommandRunner.Result result = generate("--set", assignment.strip());

    assertThat(result.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(result.err()).contains(message).hasLineCount(1);
    assertThat(server.count()).isZero();
  }
}
