package io.alidade.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.UsageException;
import io.alidade.core.recipe.Recipe;
import io.alidade.synth.PassageJudge.Finding;
import io.alidade.synth.PassageJudge.Judgement;
import io.alidade.synth.llm.ChatClients;
import io.alidade.testkit.llm.FakeOpenAi;
import io.alidade.testkit.llm.FakeOpenAi.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PassageJudgeTest {
  private static final Finding FINDING =
      new Finding("id", "Find the capital", "capital of France", "Paris is.", "Lyon is a city.");

  @TempDir Path folder;

  private JudgePlan plan(String more, String url) throws IOException {
    Path file = folder.resolve("judge.yaml");
    Files.writeString(
        file,
        """
        llms: [{model: m, base_url: "%s", price: {input: 1, output: 2}, max_tokens: 50}]
        budget: {backoff_seconds: 0.001, attempts: 2}
        %s
        """
            .formatted(url, more));
    return JudgePlan.of(Recipe.read(JudgeRecipe.class, file, List.of()), Map.of());
  }

  private Judgement judged(FakeOpenAi server) throws Exception {
    try (PassageJudge judge =
        plan("", server.baseUrl()).open(folder, 1, ChatClients.servers(), () -> false)) {
      return judge.judge(FINDING).get();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"reason\": \" It names no capital. \", \"score\": \"2\"} | 2 | It names no capital.",
        "{\"score\": 5}                                             | 5 | ~~",
        "{\"reason\": \"none\", \"score\": \"6\"}                   | 0 | the judge gave no score",
        "I cannot say                                               | 0 | the judge gave no score",
      })
  void judge_answer_isScoreAndReason(String answer, int score, String reason) throws Exception {
    try (var server = new FakeOpenAi((_, _) -> new Reply.Completion(answer, "stop"))) {
      OptionalInt expected = score == 0 ? OptionalInt.empty() : OptionalInt.of(score);
      assertThat(judged(server)).isEqualTo(new Judgement(expected, reason));
      assertThat(server.requests().getFirst().prompt())
          .contains("Find the capital", "capital of France", "Paris is.", "Lyon is a city.")
          .doesNotContain("{negative}");
    }
  }

  @Test
  void judge_serverFailsAsOftenAsItMay_isNoAnswer() throws Exception {
    try (var server = new FakeOpenAi((_, _) -> new Reply.Failure(500, Map.of(), "{}"))) {
      assertThat(judged(server).reason()).isEqualTo("the judge gave no answer");
      assertThat(server.count()).isEqualTo(2);
    }
  }

  @Test
  void judge_again_takesTheAnswerFromTheLedger() throws Exception {
    try (var server =
        new FakeOpenAi(
            (_, times) -> new Reply.Completion("{\"score\": " + (2 + times) + "}", ""))) {
      Judgement first = judged(server);
      assertThat(judged(server)).isEqualTo(first);
      assertThat(server.count()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "answer_from: 1         | from 2 to 5",
        "answerfrom: 3          | answer_from",
        "prompts: nowhere       | there is no folder",
      })
  void of_wrongRecipe_isOneSentence(String more, String sentence) {
    assertThatThrownBy(() -> plan(more, "http://127.0.0.1:1/v1"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void of_batches_areRefused() throws IOException {
    Path file = folder.resolve("judge.yaml");
    Files.writeString(file, "llms: [{model: m, base_url: 'http://h/v1', batch: {requests: 5}}]\n");
    Recipe<JudgeRecipe> recipe = Recipe.read(JudgeRecipe.class, file, List.of());
    assertThatThrownBy(() -> JudgePlan.of(recipe, Map.of()))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("llms.0.batch: judges are asked by a call each");
  }
}
