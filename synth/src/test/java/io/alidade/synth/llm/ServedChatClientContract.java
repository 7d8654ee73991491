package io.alidade.synth.llm;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.testkit.llm.FakeAnswers;
import io.alidade.testkit.llm.FakeOpenAi;
import io.alidade.testkit.llm.FakeOpenAi.FakeRequest;
import io.alidade.testkit.llm.FakeOpenAi.Reply;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What clients of a server do besides: each way in which a call can end is told apart, and none is
/// sent twice.
abstract class ServedChatClientContract extends ChatClientContract {
  private static final double SHORT = 0.5;
  private static final double LONG = 60;

  final FakeOpenAi server =
      new FakeOpenAi((request, times) -> this.behaviour.reply(request, times));

  private FakeOpenAi.Behaviour behaviour = ServedChatClientContract::writer;

  /// Keeps to the schema and to the greatest length.
  private static Reply writer(FakeRequest request, int times) {
    Reply good = FakeAnswers.good(request, times);
    boolean few = request.body().path("max_tokens").asInt(0) < 10;
    return few ? new Reply.Completion("{\"question\": \"", "length") : good;
  }

  @Override
  protected String baseUrl() {
    return server.baseUrl();
  }

  @AfterEach
  void closeServer() {
    server.close();
  }

  ChatOutcome outcome(Reply reply) {
    behaviour = (_, _) -> reply;
    long before = server.count();
    double timeout = reply instanceof Reply.Hang ? SHORT : LONG;
    ChatOutcome outcome = send(llm(OutputFormat.JSON_SCHEMA, 100, timeout), 17, false);
    assertThat(server.count() - before).as("asked once").isEqualTo(1);
    return outcome;
  }

  static Reply error(int status, Map<String, String> headers, String code) {
    return new Reply.Failure(status, headers, FakeOpenAi.error("because", code));
  }

  @Test
  void send_endings_areToldApart() {
    // The fake counts a token for four characters.
    var usage = new Usage("Write! äß 𝄞".length() / 4, 2);
    assertThat(outcome(new Reply.Completion("an answer", "stop")))
        .isEqualTo(new ChatOutcome.Answered("an answer", usage));
    assertThat(outcome(new Reply.Completion("an answer", "length")))
        .isEqualTo(new ChatOutcome.Cut("an answer", usage));
    assertThat(outcome(new Reply.Completion("an answer", "content_filter")))
        .isEqualTo(new ChatOutcome.Filtered("an answer", usage));
    assertThat(outcome(new Reply.Refusal("I won't.")))
        .isInstanceOfAny(ChatOutcome.Refused.class, ChatOutcome.Filtered.class)
        .extracting(refused -> ((ChatOutcome.Final) refused).text())
        .isEqualTo("I won't.");
    assertThat(outcome(error(400, Map.of(), "content_filter")))
        .isInstanceOf(ChatOutcome.Filtered.class);
  }

  @Test
  void send_errors_areToldApart() {
    assertThat(outcome(error(500, Map.of(), "x"))).isInstanceOf(ChatOutcome.ServerFailed.class);
    assertThat(outcome(error(503, Map.of(), "x"))).isInstanceOf(ChatOutcome.ServerFailed.class);
    assertThat(outcome(error(409, Map.of(), "x"))).isInstanceOf(ChatOutcome.ServerFailed.class);
    assertThat(outcome(error(429, Map.of(), "x"))).isInstanceOf(ChatOutcome.Throttled.class);
    assertThat(outcome(error(429, Map.of(), "insufficient_quota")))
        .isInstanceOf(ChatOutcome.Denied.class);
    for (int status : new int[] {400, 401, 403, 404, 422}) {
      assertThat(outcome(error(status, Map.of(), "x")))
          .isInstanceOfSatisfying(
              ChatOutcome.Denied.class,
              denied -> {
                assertThat(denied.status()).isEqualTo(status);
                assertThat(denied.reason()).contains("because");
              });
    }
  }

  @Test
  void send_errorInTheFormOfLlamaCpp_isToldApart() {
    String body =
        """
        {"error": {"code": 400, "type": "exceed_context_size_error", "n_ctx": 4096,
          "message": "request (6031 tokens) exceeds the available context size (4096 tokens)"}}
        """;
    assertThat(outcome(new Reply.Failure(400, Map.of(), body)))
        .isInstanceOfSatisfying(
            ChatOutcome.Denied.class,
            denied -> {
              assertThat(denied.status()).isEqualTo(400);
              assertThat(denied.reason()).contains("exceeds the available context size");
            });
  }

  @Test
  void send_noEnding_isLost() {
    assertThat(outcome(new Reply.Drop())).isInstanceOf(ChatOutcome.Lost.class);
    assertThat(outcome(new Reply.Hang()))
        .isInstanceOfSatisfying(
            ChatOutcome.Lost.class, lost -> assertThat(lost.reason()).containsIgnoringCase("time"));
    assertThat(outcome(new Reply.Failure(200, Map.of(), "no JSON")))
        .isInstanceOf(ChatOutcome.Lost.class);
    assertThat(outcome(new Reply.Failure(200, Map.of(), "{\"choices\": []}")))
        .isInstanceOf(ChatOutcome.Lost.class);
    assertThat(outcome(new Reply.Failure(200, Map.of(), "{}")))
        .isInstanceOf(ChatOutcome.Lost.class);
  }
}
