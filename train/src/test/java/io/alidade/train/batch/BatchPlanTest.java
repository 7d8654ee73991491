package io.alidade.train.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import io.alidade.train.batch.BatchConfig.Duplicates;
import io.alidade.train.batch.BatchConfig.Homogeneous;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
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
    List<List<Example>> batches = epoch(EXAMPLES, homogeneous, 1, 0);
    assertThat(batches.stream().flatMap(List::stream))
        .containsExactlyInAnyOrderElementsOf(EXAMPLES);
    assertThat(batches).allSatisfy(batch -> assertThat(batch).hasSizeBetween(2, 9));
  }

  @ParameterizedTest
  @EnumSource(
      names = {"KIND", "INSTRUCTION"},
      value = Homogeneous.class)
  void epoch_grouped_keepsKindsApart(Homogeneous homogeneous) {
    assertThat(epoch(EXAMPLES, homogeneous, 1, 0))
        .allSatisfy(
            batch ->
                assertThat(batch).extracting(Example::kind).containsOnly(batch.getFirst().kind()));
  }

  @Test
  void epoch_byInstruction_fillsBatchesWithOneInstruction() {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 42; i++) {
      examples.add(example("query " + i, "positive " + i, "instruction " + i % 2));
    }
    List<Long> instructions =
        epoch(examples, Homogeneous.INSTRUCTION, 1, 0).stream()
            .map(batch -> batch.stream().map(Example::instruction).distinct().count())
            .sorted()
            .toList();
    // Two full batches of 8 an instruction, and of the rests of 5 one full and one of 2.
    assertThat(instructions).startsWith(1L, 1L, 1L, 1L).hasSize(6);
  }

  @Test
  void epoch_otherOrderOfTheFile_isTheSame() {
    var reversed = new ArrayList<>(EXAMPLES);
    Collections.reverse(reversed);
    assertThat(epoch(reversed, Homogeneous.KIND, 1, 3))
        .isEqualTo(epoch(EXAMPLES, Homogeneous.KIND, 1, 3));
  }

  @Test
  void epoch_otherEpochOrSeed_isAnother() {
    List<List<Example>> first = epoch(EXAMPLES, Homogeneous.KIND, 1, 0);
    assertThat(epoch(EXAMPLES, Homogeneous.KIND, 1, 1)).isNotEqualTo(first);
    assertThat(epoch(EXAMPLES, Homogeneous.KIND, 2, 0)).isNotEqualTo(first);
  }

  @ParameterizedTest
  @EnumSource(Homogeneous.class)
  void epoch_examplesSeenSeveralTimes_holdsThemSoOftenAndApart(Homogeneous homogeneous) {
    var store = new ExampleList(EXAMPLES);
    store.table().setTimes(0, 3);
    store.table().setTimes(1, 0);
    var config = new BatchConfig(8, 1, homogeneous, 0, Duplicates.APART);
    List<List<Example>> batches = epoch(store, config, 1, 0);
    assertThat(batches.stream().flatMap(List::stream))
        .hasSize(EXAMPLES.size() + 1)
        .doesNotContain(EXAMPLES.get(1));
    assertThat(batches).filteredOn(batch -> batch.contains(EXAMPLES.getFirst())).hasSize(3);
  }

  @ParameterizedTest
  @EnumSource(Homogeneous.class)
  void epoch_duplicatesApart_areInDifferentBatches(Homogeneous homogeneous) {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      // A third of the positives stand twice, some queries are the positives of others.
      String positive = "positive " + (i % 3 == 0 ? i / 6 * 6 : i);
      examples.add(example(i % 20 == 7 ? "positive " + (i + 1) : "query " + i, positive, "task"));
    }
    var config = new BatchConfig(8, 1, homogeneous, 0, Duplicates.APART);
    List<List<Example>> batches = epoch(new ExampleList(examples), config, 1, 0);
    assertThat(batches.stream().flatMap(List::stream))
        .containsExactlyInAnyOrderElementsOf(examples);
    assertThat(batches).hasSize(15).allSatisfy(batch -> assertThat(sharedTexts(batch)).isZero());
    var masked = new BatchConfig(8, 1, homogeneous, 0, Duplicates.MASKED);
    assertThat(epoch(new ExampleList(examples), masked, 1, 0))
        .anySatisfy(batch -> assertThat(sharedTexts(batch)).isPositive());
  }

  @Test
  void epoch_onePositiveForAll_staysWithFullBatches() {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      examples.add(example("query " + i, "the same", "task"));
    }
    var config = new BatchConfig(8, 1, Homogeneous.KIND, 0, Duplicates.APART);
    List<List<Example>> batches = epoch(new ExampleList(examples), config, 1, 0);
    assertThat(batches.stream().flatMap(List::stream))
        .containsExactlyInAnyOrderElementsOf(examples);
    assertThat(batches).hasSize(125);
  }

  @ParameterizedTest
  @EnumSource(Homogeneous.class)
  void epoch_tokenBudget_isNeverExceeded(Homogeneous homogeneous) {
    for (Duplicates duplicates : Duplicates.values()) {
      var store = new ExampleList(EXAMPLES);
      for (int i = 0; i < EXAMPLES.size(); i++) {
        store.table().setTokens(i, 10 + i * 37 % 41);
      }
      var config = new BatchConfig(8, 1, homogeneous, 100, duplicates);
      List<List<Example>> batches = epoch(store, config, 1, 0);
      assertThat(batches.stream().flatMap(List::stream))
          .containsExactlyInAnyOrderElementsOf(EXAMPLES);
      assertThat(batches)
          .allSatisfy(
              batch -> {
                assertThat(batch).hasSizeBetween(2, 8);
                assertThat(
                        batch.stream()
                            .mapToInt(example -> 10 + EXAMPLES.indexOf(example) * 37 % 41)
                            .sum())
                    .isLessThanOrEqualTo(100);
              });
    }
  }

  /// Pairs of examples of which one's query or positive is one of the other's.
  private static long sharedTexts(List<Example> batch) {
    long shared = 0;
    for (Example one : batch) {
      for (Example other : batch) {
        if (!one.id().equals(other.id())
            && Set.of(one.query(), one.positive()).stream()
                .anyMatch(text -> text.equals(other.query()) || text.equals(other.positive()))) {
          shared++;
        }
      }
    }
    return shared;
  }

  private static Example example(String query, String positive, String instruction) {
    return Example.of(TaskKind.SHORT_LONG, "en", instruction, query, positive, List.of(), Map.of());
  }

  private static List<List<Example>> epoch(
      List<Example> examples, Homogeneous homogeneous, long seed, int epoch) {
    return epoch(new ExampleList(examples), new BatchConfig(8, 1, homogeneous), seed, epoch);
  }

  private static List<List<Example>> epoch(
      ExampleStore store, BatchConfig config, long seed, int number) {
    Epoch epoch = new BatchPlan(store.table(), config, seed).epoch(number);
    return IntStream.range(0, epoch.size())
        .mapToObj(i -> store.read(epoch.batch(i), number).stream().map(Member::example).toList())
        .toList();
  }
}
