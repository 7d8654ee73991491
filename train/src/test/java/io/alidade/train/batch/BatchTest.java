package io.alidade.train.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import io.alidade.core.TextInput;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchTest {
  @Test
  void of_asymmetricTask_putsTheInstructionOnQueriesOnly() {
    Batch batch = Batch.of(List.of(example(TaskKind.SHORT_LONG, "q", "p", "n")), 1, true);
    assertThat(batch.queries()).containsExactly(TextInput.query("task", "q"));
    assertThat(batch.candidates())
        .containsExactly(TextInput.document("p"), TextInput.document("n"));
  }

  @Test
  void of_symmetricTask_putsTheInstructionOnBothSides() {
    Batch batch = Batch.of(List.of(example(TaskKind.STS, "q", "p", "n")), 1, true);
    assertThat(batch.candidates())
        .containsExactly(TextInput.query("task", "p"), TextInput.query("task", "n"));
  }

  @Test
  void of_samePositiveTwice_isNoNegativeOfTheOther() {
    Batch batch =
        Batch.of(
            List.of(
                example(TaskKind.LONG_SHORT, "a", "late", "lost"),
                example(TaskKind.LONG_SHORT, "b", "late", "damaged"),
                example(TaskKind.LONG_SHORT, "c", "lost", "late")),
            1,
            true);
    assertThat(batch.relation().excluded().get(0).stream()).containsExactly(1, 5);
    assertThat(batch.relation().excluded().get(2).stream()).containsExactly(3);
    assertThat(batch.relation().positives()).containsExactly(0, 1, 2);
  }

  @Test
  void of_withoutInBatchNegatives_leavesOwnNegativesOnly() {
    Batch batch =
        Batch.of(
            List.of(
                example(TaskKind.SHORT_LONG, "a", "p1", "n1"),
                example(TaskKind.SHORT_LONG, "b", "p2", "n2")),
            1,
            false);
    assertThat(batch.relation().excluded().get(0).stream()).containsExactly(1, 3);
    assertThat(batch.relation().excluded().get(1).stream()).containsExactly(0, 2);
  }

  private static Example example(TaskKind kind, String query, String positive, String negative) {
    return Example.of(kind, "en", "task", query, positive, List.of(negative), Map.of());
  }
}
