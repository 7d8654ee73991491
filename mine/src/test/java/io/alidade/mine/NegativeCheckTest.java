package io.alidade.mine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.alidade.core.AlidadeException;
import io.alidade.core.Example;
import io.alidade.core.Progress;
import io.alidade.core.TaskKind;
import io.alidade.eval.api.Endpoint;
import io.alidade.eval.api.RerankClient;
import io.alidade.eval.api.RerankProtocol;
import io.alidade.mine.MiningPolicy.Pick;
import io.alidade.testkit.http.LoopbackServer;
import io.alidade.testkit.http.LoopbackServer.Response;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/// What a check does to what is taken. The teacher ranks documents as the corpus has them.
class NegativeCheckTest {
  private static final List<String> CORPUS = List.of("a false", "b", "c false", "d", "e", "f");

  /// Ranks documents by their order.
  private static final Teacher IN_ORDER =
      (group, depth, found) -> {
        List<Ranking.Scored> ranked =
            IntStream.range(0, Math.min(depth, group.documents().size()))
                .mapToObj(i -> new Ranking.Scored(i, 0.8 - 0.1 * i))
                .toList();
        group.questions().forEach(question -> found.accept(question, new Ranking(0.9, ranked)));
      };

  @TempDir Path folder;

  /// Takes texts that say so for answers, and notes what it was asked.
  private static final class Recorder implements NegativeCheck {
    final ConcurrentLinkedQueue<List<String>> asked = new ConcurrentLinkedQueue<>();

    @Override
    public List<Opinion> opinions(Question question, List<String> documents) {
      asked.add(documents);
      return documents.stream()
          .map(text -> new Opinion(text.endsWith("false"), text.length(), "it is " + text))
          .toList();
    }

    @Override
    public int atOnce() {
      return 1;
    }
  }

  private static List<Example> examples(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                Example.of(
                    TaskKind.SHORT_LONG, "en", "Find", "query " + i, "right", List.of(), Map.of()))
        .toList();
  }

  private static Mining mining(List<Example> examples, int negatives, Pick pick) {
    var policy = new MiningPolicy(negatives, true, Limits.ranks(1, 6), pick, 1);
    return new Mining(examples, Groups.of(examples, CORPUS), policy);
  }

  private static Selection first(Mining mining) {
    var found = new ArrayList<Selection>();
    mining.run(IN_ORDER, "order", (_, selection) -> found.add(selection), Progress.NONE);
    return found.getFirst();
  }

  @Test
  void run_check_asksInRankOrderForAsManyAsAreMissing() {
    var check = new Recorder();
    Selection selection = first(mining(examples(1), 3, Pick.TOP).checkedBy(check));
    assertThat(selection.negatives()).containsExactly("b", "d", "e");
    assertThat(check.asked).containsExactly(List.of("a false", "b", "c false"), List.of("d", "e"));
    assertThat(selection.looked())
        .extracting(Selection.Row::text, Selection.Row::verdict)
        .containsExactly(
            tuple("a false", Verdict.FAILED_CHECK),
            tuple("b", Verdict.TAKEN),
            tuple("c false", Verdict.FAILED_CHECK),
            tuple("d", Verdict.TAKEN),
            tuple("e", Verdict.TAKEN));
    assertThat(selection.looked().getFirst().opinion())
        .contains(new NegativeCheck.Opinion(true, 7, "it is a false"));
  }

  @Test
  void run_checkRefusesAll_leavesTheExampleWithoutAndEndsAtTheLastRank() {
    var check = new Recorder();
    List<Example> examples = examples(1);
    var policy = new MiningPolicy(2, true, Limits.ranks(1, 3), Pick.TOP, 1);
    List<String> corpus = List.of("a false", "b false", "c false", "d");
    Selection selection =
        first(new Mining(examples, Groups.of(examples, corpus), policy).checkedBy(check));
    assertThat(selection.negatives()).isEmpty();
    assertThat(check.asked).containsExactly(List.of("a false", "b false"), List.of("c false"));
  }

  @Test
  void run_checkAndRandomPick_asksInTheOrderOfThePick() {
    var check = new Recorder();
    Selection unchecked = first(mining(examples(1), 4, Pick.RANDOM));
    Selection selection = first(mining(examples(1), 4, Pick.RANDOM).checkedBy(check));
    assertThat(selection.negatives()).containsExactly("b", "d", "e", "f");
    assertThat(check.asked.peek()).containsExactlyInAnyOrderElementsOf(unchecked.negatives());
    assertThat(selection.looked()).hasSize(CORPUS.size());
  }

  /// Each question waits for the next, so it would never end if they were asked one by one.
  @Test
  void run_severalAtOnce_keepTheOrderOfTheQuestions() {
    var latches = IntStream.range(0, 8).mapToObj(_ -> new CountDownLatch(1)).toList();
    var check =
        new NegativeCheck() {
          @Override
          public List<Opinion> opinions(Question question, List<String> documents) {
            int number = Integer.parseInt(question.query().text().replace("query ", ""));
            latches.get(number).countDown();
            try {
              latches.get(number ^ 1).await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            return documents.stream().map(_ -> new Opinion(false, number, "")).toList();
          }

          @Override
          public int atOnce() {
            return 2;
          }
        };
    List<Example> examples = examples(8);
    var found = new ArrayList<String>();
    mining(examples, 1, Pick.TOP)
        .checkedBy(check)
        .run(IN_ORDER, "order", (example, _) -> found.add(example.id()), Progress.NONE);
    assertThat(found).isEqualTo(examples.stream().map(Example::id).toList());
  }

  @Test
  void run_checkFails_endsWithItsSentence() {
    var check =
        new NegativeCheck() {
          @Override
          public List<Opinion> opinions(Question question, List<String> documents) {
            throw new AlidadeException("the server is gone");
          }

          @Override
          public int atOnce() {
            return 3;
          }
        };
    assertThatThrownBy(() -> first(mining(examples(9), 1, Pick.TOP).checkedBy(check)))
        .isInstanceOf(AlidadeException.class)
        .hasMessage("the server is gone");
  }

  /// The reranker gives the positive 0.9, `a false` 0.88, and the others 0.1.
  @Test
  void rerankCheck_scoreWithinTheShare_isRefusedAndOnRecord() throws Exception {
    var limits =
        new Limits(
            1,
            Integer.MAX_VALUE,
            OptionalDouble.of(0.95),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty());
    try (var server = new LoopbackServer(request -> Response.ok(reranked(request.body())));
        var endpoint =
            new Endpoint(URI.create(server.url()), Optional.empty(), Duration.ofSeconds(20))) {
      var reranker = new RerankClient(endpoint, new RerankProtocol.Tei());
      Mining mining = mining(examples(1), 1, Pick.TOP).checkedBy(new RerankCheck(reranker, limits));
      new MinedFiles(folder).write(mining, IN_ORDER, "order", Progress.NONE);
      assertThat(server.requests()).hasSize(2);
      assertThat(server.requests().getFirst().body())
          .contains("\"query\":\"query 0\"")
          .contains("\"texts\":[\"right\",\"a false\"]");
    }
    List<JsonNode> rows =
        Files.readAllLines(folder.resolve("audit.jsonl")).stream()
            .map(JsonMapper.shared()::readTree)
            .toList();
    assertThat(rows).hasSize(2);
    assertThat(rows.get(0).path("verdict").asString()).isEqualTo("failed-check");
    assertThat(rows.get(0).path("check_score").asDouble()).isEqualTo(0.88);
    assertThat(rows.get(0).path("check_reason").asString())
        .isEqualTo("above-share: the positive scores 0.900000");
    assertThat(rows.get(1).path("verdict").asString()).isEqualTo("taken");
    assertThat(rows.get(1).path("check_score").asDouble()).isEqualTo(0.1);
  }

  private static String reranked(String request) {
    ArrayNode results = JsonMapper.shared().createArrayNode();
    JsonNode texts = JsonMapper.shared().readTree(request).path("texts");
    for (int i = texts.size() - 1; i >= 0; i--) {
      double score =
          switch (texts.path(i).asString()) {
            case "right" -> 0.9;
            case "a false" -> 0.88;
            default -> 0.1;
          };
      results.addObject().put("index", i).put("score", score);
    }
    return results.toString();
  }
}
