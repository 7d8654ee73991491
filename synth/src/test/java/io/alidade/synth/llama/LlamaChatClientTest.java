package io.alidade.synth.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.AlidadeException;
import io.alidade.synth.llm.BatchConfig;
import io.alidade.synth.llm.ChatClient;
import io.alidade.synth.llm.ChatClientContract;
import io.alidade.synth.llm.ChatOutcome;
import io.alidade.synth.llm.ChatRequest;
import io.alidade.synth.llm.LlmConfig;
import io.alidade.synth.llm.OutputFormat;
import io.alidade.testkit.tiny.TinyModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// A tiny model of random weights writes noise, but noise that keeps to the grammar.
class LlamaChatClientTest extends ChatClientContract {
  @TempDir static Path folder;
  private static Path model = Path.of("");
  private static Path bystander = Path.of("");

  @BeforeAll
  static void writeModel() throws IOException {
    model = Files.write(folder.resolve("tiny.gguf"), TinyModel.gguf(1));
    // Before the library is loaded for the first time.
    bystander = Files.createTempFile("llama-notes", ".txt");
  }

  @Override
  protected ChatClient open(LlmConfig llm) {
    return LlamaChatClient.open(model, llm);
  }

  @Override
  protected String baseUrl() {
    return "";
  }

  @Test
  void open_anything_leavesOutputAndOtherFilesAlone() throws IOException {
    var printed = new ByteArrayOutputStream();
    PrintStream out = System.out;
    try (var capture = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
      System.setOut(capture);
      open(llm(OutputFormat.TEXT, 5, 60)).close();
      assertThat(System.out).isSameAs(capture);
    } finally {
      System.setOut(out);
    }
    assertThat(printed.size()).isZero();
    assertThat(bystander).exists();
    Files.delete(bystander);
  }

  @Test
  void open_noModel_saysWhatIsNeeded() throws IOException {
    byte[] whole = Files.readAllBytes(model);
    Path half = Files.write(folder.resolve("half.gguf"), Arrays.copyOf(whole, whole.length / 2));
    Path text = Files.writeString(folder.resolve("text.gguf"), "no model");
    for (Path file : List.of(half, text)) {
      assertThatThrownBy(() -> LlamaChatClient.open(file, LlmConfig.embedded()))
          .isInstanceOf(AlidadeException.class)
          .hasMessageContainingAll(file.toString(), "a whole GGUF file is needed");
    }
    assertThatThrownBy(
            () -> LlamaChatClient.open(folder.resolve("none.gguf"), LlmConfig.embedded()))
        .isInstanceOf(AlidadeException.class)
        .hasMessageContaining("there is no such file");
  }

  @Test
  void send_temperatureZero_needsNoSeed() {
    LlmConfig usual = llm(OutputFormat.JSON_SCHEMA, 60, 60);
    var greedy =
        new LlmConfig(
            usual.model(),
            "",
            "",
            1,
            usual.price(),
            0,
            1,
            60,
            usual.tokenLimit(),
            usual.output(),
            60,
            BatchConfig.defaults());
    assertThat(send(greedy, 1, false)).isEqualTo(send(greedy, 2, false));
    assertThat(send(usual, 1, false)).isNotEqualTo(send(usual, 2, false));
  }

  @Test
  void send_severalAtOnce_answersAsAlone() throws Exception {
    LlmConfig llm = llm(OutputFormat.JSON_SCHEMA, 100, 60);
    try (ChatClient client = open(llm);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<ChatOutcome>> together =
          List.of(1, 2, 3, 4, 5).stream()
              .map(seed -> threads.submit(() -> client.send(request(llm, seed, false))))
              .toList();
      for (int i = 0; i < together.size(); i++) {
        assertThat(together.get(i).get()).isEqualTo(client.send(request(llm, i + 1, false)));
      }
    }
  }

  @Test
  void send_choices_answersOneOfThem() {
    LlmConfig llm = llm(OutputFormat.JSON_SCHEMA, 200, 60);
    Map<String, List<String>> choices = Map.of("score", List.of("1", "22"));
    var shape = new ChatRequest.Shape(List.of("reason", "score"), false, choices);
    try (ChatClient client = open(llm)) {
      for (int seed = 0; seed < 5; seed++) {
        assertThat(client.send(new ChatRequest("x", llm, "Write!", seed, shape)))
            .isInstanceOfSatisfying(
                ChatOutcome.Answered.class,
                answer ->
                    assertThat(choices.get("score"))
                        .contains(
                            JsonMapper.shared().readTree(answer.text()).path("score").asString()));
      }
    }
  }

  @Test
  void send_promptBeyondTheContext_hasNoRoomForAnAnswer() {
    LlmConfig llm = llm(OutputFormat.JSON_SCHEMA, 20, 60);
    var shape = new ChatRequest.Shape(List.of("a"), false);
    try (ChatClient client = open(llm)) {
      assertThat(client.send(new ChatRequest("x", llm, "long ".repeat(1000), 1, shape)))
          .isInstanceOfSatisfying(
              ChatOutcome.Cut.class, cut -> assertThat(cut.usage().output()).isZero());
      assertThat(client.send(new ChatRequest("x", llm, "short", 1, shape)))
          .isInstanceOf(ChatOutcome.Final.class);
    }
  }

  @Test
  void send_tooSlow_isLostAndTheNextOneIsNot() {
    LlmConfig hurried = llm(OutputFormat.TEXT, 1000, 1e-9);
    LlmConfig patient = llm(OutputFormat.JSON_SCHEMA, 1000, 60);
    try (ChatClient client = open(hurried)) {
      assertThat(client.send(request(hurried, 1, false)))
          .isEqualTo(new ChatOutcome.Lost("it took more than timeout_seconds"));
      assertThat(client.send(request(patient, 1, false))).isInstanceOf(ChatOutcome.Final.class);
    }
  }

  @Test
  void send_closed_isABug() {
    LlmConfig llm = llm(OutputFormat.TEXT, 5, 60);
    ChatClient client = open(llm);
    client.close();
    assertThatThrownBy(() -> client.send(request(llm, 1, false)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void grammar_texts_shareTheGreatestLength() {
    LlmConfig llm = llm(OutputFormat.JSON_SCHEMA, 100, 60);
    assertThat(AnswerGrammar.of(request(llm, 1, false)))
        .hasValueSatisfying(
            grammar -> assertThat(grammar).contains("char{1,150}").contains("space ::= \" \"?"));
    assertThat(AnswerGrammar.of(request(llm, 1, true)))
        .hasValueSatisfying(grammar -> assertThat(grammar).contains("char{1,7}"));
    assertThat(AnswerGrammar.of(request(llm(OutputFormat.TEXT, 100, 60), 1, false))).isEmpty();
  }
}
