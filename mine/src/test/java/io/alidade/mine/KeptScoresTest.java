package io.alidade.mine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.AlidadeException;
import io.alidade.core.DataException;
import io.alidade.eval.api.Reranker;
import io.alidade.eval.api.ServerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeptScoresTest {
  private static final List<String> TEXTS = List.of("one", "two", "three");

  @TempDir Path folder;
  private final List<String> asked = new ArrayList<>();
  private Path file;

  @BeforeEach
  void nameFile() {
    file = folder.resolve("reranked.jsonl");
  }

  /// Numbers that no decimal writes exactly.
  private static double score(String query, String text) {
    return text.length() / (3.0 + query.length());
  }

  private double[] answer(String query, List<String> texts) {
    texts.forEach(text -> asked.add(query + "/" + text));
    return texts.stream().mapToDouble(text -> score(query, text)).toArray();
  }

  private double[] scores(String query, List<String> texts) {
    try (var kept = KeptScores.open(folder, this::answer)) {
      return kept.scores(query, texts);
    }
  }

  @Test
  void scores_ofAnEarlierProcess_areGivenToTheLastBitAndOnlyTheOthersAskedFor() {
    scores("q", List.of("two"));
    assertThat(scores("q", TEXTS))
        .containsExactly(score("q", "one"), score("q", "two"), score("q", "three"));
    assertThat(scores("other", List.of("two"))).containsExactly(score("other", "two"));
    assertThat(asked).containsExactly("q/two", "q/one", "q/three", "other/two");
  }

  @Test
  void scores_lastLineTorn_areAskedForAgain() throws IOException {
    scores("q", TEXTS);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 3));
    asked.clear();

    assertThat(scores("q", TEXTS)[2]).isEqualTo(score("q", "three"));
    assertThat(asked).containsExactly("q/three");
    assertThat(file).hasBinaryContent(whole);
  }

  @Test
  void close_workDone_leavesNothing() {
    try (var kept = KeptScores.open(folder, this::answer)) {
      kept.scores("q", TEXTS);
      assertThat(file).exists();
      kept.done();
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void scores_serverFails_saysHowManyAreKept() {
    Reranker failing =
        (query, texts) -> {
          if (asked.isEmpty()) {
            return answer(query, texts);
          }
          throw new ServerException(503, "the server failed");
        };
    try (var kept = KeptScores.open(folder, failing)) {
      kept.scores("q", TEXTS);
      assertThatThrownBy(() -> kept.scores("other", TEXTS))
          .isInstanceOf(AlidadeException.class)
          .hasMessage("the server failed; 3 scores are kept, and the same command continues there");
    }
    assertThat(file).exists();
  }

  /// A folder with anything in it belongs to the command that wrote it.
  @Test
  void close_withoutScores_leavesNoFile() {
    Reranker failing =
        (_, _) -> {
          throw new ServerException(404, "no such path");
        };
    try (var kept = KeptScores.open(folder, failing)) {
      assertThatThrownBy(() -> kept.scores("q", TEXTS)).hasMessage("no such path");
    }
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"query\":",
        "[]",
        "{\"query\":\"zz\",\"document\":\"0\",\"score\":1}",
        "{\"query\":\"0\",\"document\":\"0\",\"score\":\"1\"}"
      })
  void open_brokenLine_namesIt(String line) throws IOException {
    scores("q", List.of("one"));
    Files.writeString(file, Files.readString(file) + line + "\n");
    assertThatThrownBy(() -> scores("q", TEXTS))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(file + ":2: is no score of a reranker (")
        .hasMessageEndingWith("); delete the line, and it is asked again")
        .hasMessageNotContaining("\n");
  }
}
