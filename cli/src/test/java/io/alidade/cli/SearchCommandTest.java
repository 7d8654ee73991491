package io.alidade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.cli.CommandRunner.Result;
import io.alidade.cli.engine.InstalledModels;
import io.alidade.core.AtomicFiles;
import io.alidade.core.TextInput;
import io.alidade.testkit.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SearchCommandTest {
  @TempDir Path folder;
  private Path model;
  private Path corpus;
  private Path index;
  private final CommandRunner runner = new CommandRunner();

  @BeforeEach
  void writeFiles() {
    model = folder.resolve("model");
    corpus = folder.resolve("corpus.jsonl");
    index = folder.resolve("index");
    AtomicFiles.writeText(model.resolve("weights"), "1");
    AtomicFiles.writeText(
        corpus,
        """
        {"_id": "z", "title": "", "text": "zzz zzz"}
        {"_id": "a", "title": "", "text": "aaa aaa"}
        """);
  }

  @Test
  void search_arguments_ranksDocuments() {
    Result result = runner.run("search", "--model", model, "--corpus", corpus, "aaa", "zzz");

    assertThat(result.code()).isZero();
    assertThat(result.out().lines().map(line -> line.replaceAll("  [01]\\.\\d{4}  ", " ")))
        .containsExactly(
            "aaa", "  1 a  aaa aaa", "  2 z  zzz zzz", "zzz", "  1 z  zzz zzz", "  2 a  aaa aaa");
  }

  @Test
  void search_json_printsOneObjectAQuery() {
    Result result =
        runner.run(
            "search", "--model", model, "--corpus", corpus, "--json", "--top", "1", "aaa", "zz");

    assertThat(result.out().lines()).hasSize(2);
    JsonNode answer = JsonMapper.shared().readTree(result.out().lines().toList().getFirst());
    assertThat(answer.path("query").asString()).isEqualTo("aaa");
    assertThat(answer.path("hits")).hasSize(1);
    assertThat(answer.at("/hits/0/id").asString()).isEqualTo("a");
    assertThat(answer.at("/hits/0/rank").asInt()).isEqualTo(1);
  }

  @Test
  void search_standardInput_answersLineByLine() {
    runner.standardInput = "aaa\n\nzzz\n";

    Result result = runner.run("search", "--model", model, "--corpus", corpus);

    assertThat(result.code()).isZero();
    assertThat(result.out()).startsWith("aaa\n").contains("\nzzz\n");
    assertThat(result.err()).contains("the query is empty; write what to look for");
  }

  @Test
  void search_index_embedsOnlyWhatIsNew() {
    run("aaa");
    runner.embedder.inputs.clear();
    run("aaa");
    assertThat(runner.embedder.inputs).hasSize(1);

    AtomicFiles.writeText(corpus, "{\"id\": \"a\", \"text\": \"aaa aaa\"}\n{\"text\": \"new\"}\n");
    runner.embedder.inputs.clear();
    Result result = run("new");
    assertThat(runner.embedder.inputs.getFirst()).isEqualTo(TextInput.document("new"));
    assertThat(runner.embedder.inputs).hasSize(2);
    assertThat(result.out()).contains("2  new").doesNotContain("zzz");

    Result alone = runner.run("search", "--model", model, "--index", index, "new");
    assertThat(alone.out()).isEqualTo(result.out());
  }

  @Test
  void search_indexOfAnotherModel_isRefused() {
    run("aaa");
    AtomicFiles.writeText(model.resolve("weights"), "2");

    Result result = run("aaa");

    assertThat(result.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(result.err())
        .contains("is an index of model test/letters (sha256 6b86b273ff34), not of test/letters")
        .contains("choose another --index");
  }

  @Test
  void search_indexOfTheSameWeightsPooledOtherwise_isRefused() throws IOException {
    runner.models = new InstalledModels(_ -> {});
    Golden.sentenceTransformers("mean", model);
    assertThat(run("aaa").code()).isZero();
    Path pooling = model.resolve("1_Pooling/config.json");
    AtomicFiles.writeText(pooling, Files.readString(pooling).replace("mean", "max"));

    Result result = run("aaa");

    assertThat(result.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(result.err())
        .contains("is an index of model local/model (sha256 ")
        .contains("): other weights, tokenizer, template, longest text or pooling; choose");
  }

  @Test
  void search_wrongOptions_sayWhatIsMissing() {
    assertThat(runner.run("search", "--model", model, "--corpus", corpus, " ").err())
        .isEqualTo("alidade: the query is empty; write what to look for\n");
    assertThat(runner.run("search", "--model", model, "query").err())
        .contains("give --corpus FILE|FOLDER or --index DIR");
    assertThat(runner.run("search", "--model", model, "--index", index, "query").err())
        .contains("holds no index yet; give --corpus to make it");
    assertThat(
            runner.run("search", "--model", model, "--corpus", folder.resolve("none"), "q").err())
        .contains("there is no such file");
    assertThat(runner.run("search", "--model", model, "--corpus", corpus, "--top=0", "q").code())
        .isEqualTo(ExitCode.WRONG_USAGE);
  }

  private Result run(String query) {
    return runner.run("search", "--model", model, "--corpus", corpus, "--index", index, query);
  }
}
