package io.alidade.train.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import io.alidade.train.batch.BatchConfig.Homogeneous;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchPlanTest {
  private static final List<TaskKind> KINDS =
      List.of(TaskKind.SHORT_LONG, TaskKind.LONG_SHORT, TaskKind.STS, TaskKind.BITEXT);
  private static final List<Example> EXAMPLES = examples();

  private static List<Example> examples() {
    var examples = new ArrayList<Example>();
    for (int i = 0; i < 103; i++) {
      examples.add(
          Example.of(
              KINDS.get(i % KINDS.size()),
              "en",
              "instruction " + i % 9,
              "query " + i,
              "positive " + i,
              List.of(),
              Map.of()));
    }
    return examples;
  }

  @ParameterizedTest
  @EnumSource(Homogeneous.class)
  void epoch_anyGrouping_holdsEveryExampleOnce(Homogeneous homogeneous) {
    List<List<Example>> batches = plan(EXAMPLES, homogeneous, 1).epoch(0);
    assertThat(batches.stream().flatMap(List::stream))
        .containsExactlyInAnyOrderElementsOf(EXAMPLES);
    assertThat(batches).allSatisfy(batch -> assertThat(batch).hasSizeBetween(2, 9));
  }

  @ParameterizedTest
  @EnumSource(
      names = {"KIND", "INSTRUCTION"},
      value = Homogeneous.class)
  void epoch_grouped_keepsKindsApart(Homogeneous homogeneous) {
    assertThat(plan(EXAMPLES, homogeneous, 1).epoch(0))
        .allSatisfy(
            batch ->
                assertThat(batch).extracting(Example::kind).containsOnly(batch.getFirst().kind()));
  }

  @Test
  void epoch_otherOrderOfTheFile_isTheSame() {
    var reversed = new ArrayList<>(EXAMPLES);
    Collections.reverse(reversed);
    assertThat(plan(reversed, Homogeneous.KIND, 1).epoch(3))
        .isEqualTo(plan(EXAMPLES, Homogeneous.KIND, 1).epoch(3));
  }

  @Test
  void epoch_otherEpochOrSeed_isAnother() {
    List<List<Example>> first = plan(EXAMPLES, Homogeneous.KIND, 1).epoch(0);
    assertThat(plan(EXAMPLES, Homogeneous.KIND, 1).epoch(1)).isNotEqualTo(first);
    assertThat(plan(EXAMPLES, Homogeneous.KIND, 2).epoch(0)).isNotEqualTo(first);
  }

  private static BatchPlan plan(List<Example> examples, Homogeneous homogeneous, long seed) {
    return new BatchPlan(examples, new BatchConfig(8, 1, homogeneous), seed);
  }
}
