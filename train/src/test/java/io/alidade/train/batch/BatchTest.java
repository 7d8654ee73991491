package io.alidade.train.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.core.Annotation;
import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import io.alidade.core.TextInput;
import io.alidade.train.objective.Relation;
import io.alidade.train.objective.Relation.Source;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BatchTest {
  @Test
  void of_asymmetricTask_putsTheInstructionOnQueriesOnly() {
    Batch batch = Batch.of(List.of(example(TaskKind.SHORT_LONG, "q", "p", "n")), 1);
    assertThat(batch.queries()).containsExactly(TextInput.query("task", "q"));
    assertThat(batch.candidates())
        .containsExactly(TextInput.document("p"), TextInput.document("n"));
  }

  @Test
  void of_symmetricTask_putsTheInstructionOnBothSides() {
    Batch batch = Batch.of(List.of(example(TaskKind.STS, "q", "p", "n")), 1);
    assertThat(batch.candidates())
        .containsExactly(TextInput.query("task", "p"), TextInput.query("task", "n"));
  }

  @Test
  void of_negativesBeyondTheLimit_areLeftOutWithWhatIsSaidOfThem() {
    Example example =
        Example.of(TaskKind.SHORT_LONG, "en", "task", "q", "p", List.of("n", "m"), Map.of())
            .withAnnotation(
                new Annotation(
                    Optional.empty(),
                    Optional.empty(),
                    List.of(3.0, 2.0, 1.0),
                    List.of("dp", "dn", "dm")));
    Relation relation = Batch.of(List.of(example, example), 1).relation();
    assertThat(relation.candidates()).extracting(Source::example).containsExactly(0, 1, 0, 1);
    assertThat(relation.candidates())
        .extracting(Source::document)
        .containsExactly("dp", "dp", "dn", "dn");
    assertThat(relation.annotations().getFirst().teacherScores()).containsExactly(3.0, 2.0);
  }

  @Test
  void cut_limitsOfTheSource_keepTheEndOfSequence() {
    Example example = example(TaskKind.SHORT_LONG, "q", "p", "n");
    var limited = new Member(example, false, new TokenLimits(3, 2));
    Batch batch = Batch.ofMembers(List.of(Member.of(example), limited), 1);
    List<int[]> queries = List.of(new int[] {5, 6, 7, 8, 2}, new int[] {5, 6, 7, 8, 2});
    assertThat(batch.cutQueries(queries))
        .containsExactly(new int[] {5, 6, 7, 8, 2}, new int[] {5, 6, 2});
    // Both positives, then both negatives.
    List<int[]> candidates =
        List.of(new int[] {5, 6, 2}, new int[] {5, 6, 2}, new int[] {7, 2}, new int[] {7, 8, 2});
    assertThat(batch.cutCandidates(candidates))
        .containsExactly(new int[] {5, 6, 2}, new int[] {5, 2}, new int[] {7, 2}, new int[] {7, 2});
    assertThat(batch.relation().inBatchNegatives()).containsExactly(true, false);
  }

  private static Example example(TaskKind kind, String query, String positive, String negative) {
    return Example.of(kind, "en", "task", query, positive, List.of(negative), Map.of());
  }
}
