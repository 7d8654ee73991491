package io.alidade.mine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.alidade.core.Example;
import io.alidade.core.Progress;
import io.alidade.core.TaskKind;
import io.alidade.core.TextInput;
import io.alidade.mine.MiningPolicy.Pick;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// On a set of which the truth is known: texts have one angle each, and the cosine of two is that
/// of the angle between them. The query stands at 0 and its positive at 20 degrees.
class MiningTest {
  private static final Limits ANY = Limits.ranks(1, 100);
  private static final MiningPolicy ALL = new MiningPolicy(100, true, ANY, Pick.TOP, 1);
  private static final Offset<Double> EXACT = Offset.offset(1e-6);

  private static Example example(String query, String positive, String... negatives) {
    return Example.of(
        TaskKind.SHORT_LONG, "en", "Find it", query, positive, List.of(negatives), Map.of());
  }

  /// A text names its angle.
  private static float[] vector(TextInput text) {
    double angle = Math.toRadians(Double.parseDouble(text.text().strip().split("\\s", -1)[0]));
    return new float[] {(float) Math.cos(angle), (float) Math.sin(angle)};
  }

  private static Map<Example, Selection> mine(
      List<Example> examples, List<Group> groups, MiningPolicy policy) {
    return mine(examples, new Mining(examples, groups, policy));
  }

  private static Map<Example, Selection> mine(List<Example> examples, Mining mining) {
    var found = new HashMap<String, Map.Entry<Example, Selection>>();
    mining.run(
        new VectorTeacher(MiningTest::vector, 2),
        "angles",
        (example, selection) -> found.put(example.id(), Map.entry(example, selection)),
        Progress.NONE);
    var inOrder = new LinkedHashMap<Example, Selection>();
    for (Example example : examples) {
      var entry = Objects.requireNonNull(found.get(example.id()));
      inOrder.put(entry.getKey(), entry.getValue());
    }
    return inOrder;
  }

  private static Selection first(MiningPolicy policy, List<String> corpus) {
    List<Example> examples = List.of(example("0 query", "20 positive", "50 own"));
    return mine(examples, Groups.of(examples, corpus), policy).values().iterator().next();
  }

  private static final List<String> CORPUS =
      List.of(
          "80 far",
          "10 nearer than the positive",
          "21 as near",
          "40 near",
          "20 POSITIVE ",
          "50 own",
          "0 query",
          "60 next");

  @Test
  void run_noLimits_ranksAllButWhatIsNoNegative() {
    Selection selection = first(ALL, CORPUS);
    assertThat(selection.negatives())
        .containsExactly(
            "10 nearer than the positive", "21 as near", "40 near", "50 own", "60 next", "80 far");
    assertThat(selection.looked())
        .filteredOn(row -> row.verdict() == Verdict.SAME_TEXT)
        .extracting(Selection.Row::text, Selection.Row::rank)
        .containsExactly(tuple("0 query", 0), tuple("20 POSITIVE ", 0));
  }

  /// The two that are nearer than 95 % of the positive's cosine are answers too, here by
  /// construction.
  @Test
  void run_shareOfThePositive_keepsFalseNegativesOut() {
    var limits =
        new Limits(1, 100, OptionalDouble.of(0.95), ANY.margin(), ANY.maxScore(), ANY.minScore());
    var policy = new MiningPolicy(2, true, limits, Pick.TOP, 1);
    Selection selection = first(policy, CORPUS);
    assertThat(selection.negatives()).containsExactly("40 near", "50 own");
    assertThat(selection.looked())
        .filteredOn(row -> row.verdict() == Verdict.ABOVE_SHARE)
        .extracting(Selection.Row::text)
        .containsExactly("10 nearer than the positive", "21 as near");
    Selection.Row row = selection.looked().getLast();
    assertThat(row.rank()).isEqualTo(4);
    assertThat(row.score()).isCloseTo(Math.cos(Math.toRadians(50)), EXACT);
    assertThat(row.positive()).isCloseTo(Math.cos(Math.toRadians(20)), EXACT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // first, last | margin | max | min | expected
        "3 | 4   |     |     |     | 40 near;50 own",
        "1 | 100 | 0.1 |     |     | 40 near;50 own;60 next;80 far",
        "1 | 100 | 0   |     |     | 21 as near;40 near;50 own;60 next;80 far",
        "1 | 100 |     | 0.7 |     | 50 own;60 next;80 far",
        "1 | 100 |     |     | 0.6 | 10 nearer than the positive;21 as near;40 near;50 own",
        "1 | 100 |     | 0.7 | 0.3 | 50 own;60 next",
      })
  void run_limits_takeWhatLiesWithin(
      int first, int last, Double margin, Double max, Double min, String expected) {
    var limits =
        new Limits(
            first, last, OptionalDouble.empty(), optional(margin), optional(max), optional(min));
    var policy = new MiningPolicy(100, true, limits, Pick.TOP, 1);
    assertThat(String.join(";", first(policy, CORPUS).negatives())).isEqualTo(expected);
  }

  @NullUnmarked
  private static OptionalDouble optional(Double value) {
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  @Test
  void run_ownNegatives_countAndStayFirst() {
    MiningPolicy policy = policy(2, false, Pick.TOP, 1);
    Selection selection = first(policy, CORPUS);
    assertThat(selection.negatives()).containsExactly("50 own", "10 nearer than the positive");
  }

  @Test
  void run_enoughOwnNegatives_areLeftAsTheyAre() {
    Selection selection = first(policy(1, false, Pick.TOP, 1), CORPUS);
    assertThat(selection.negatives()).containsExactly("50 own");
    assertThat(selection.looked()).isEmpty();
  }

  private static MiningPolicy policy(int negatives, boolean replace, Pick pick, long seed) {
    return new MiningPolicy(negatives, replace, ANY, pick, seed);
  }

  @Test
  void run_random_isAFunctionOfTheSeedAndCoversAll() {
    List<String> corpus = IntStream.range(25, 85).mapToObj(angle -> angle + " text").toList();
    Selection once = first(policy(3, true, Pick.RANDOM, 1), corpus);
    assertThat(first(policy(3, true, Pick.RANDOM, 1), corpus)).isEqualTo(once);
    assertThat(first(policy(3, true, Pick.RANDOM, 2), corpus).negatives())
        .isNotEqualTo(once.negatives());
    assertThat(once.looked()).hasSize(60);
    var drawn = new ArrayList<String>();
    for (int seed = 0; seed < 200; seed++) {
      drawn.addAll(first(policy(3, true, Pick.RANDOM, seed), corpus).negatives());
    }
    assertThat(drawn).as("of 60 texts drawn 600 times").contains("25 text", "84 text", "50 text");
  }

  @Test
  void run_severalPositivesOfAQuery_areNobodysNegatives() {
    List<Example> examples =
        List.of(
            example("0 query", "20 positive"),
            example("0 query", "30 another answer"),
            example("5 other", "70 its answer"));
    List<Selection> found =
        List.copyOf(mine(examples, Groups.of(examples, Within.ALL), ALL).values());
    assertThat(found.get(0).negatives()).containsExactly("70 its answer");
    assertThat(found.get(1).negatives()).containsExactly("70 its answer");
    assertThat(found.get(2).negatives()).containsExactly("20 positive", "30 another answer");
  }

  @Test
  void of_kinds_keepsThemApart() {
    Example label =
        Example.of(TaskKind.LONG_SHORT, "en", "Name it", "1 text", "2 label", List.of(), Map.of());
    List<Example> examples =
        List.of(example("0 query", "20 positive"), label, example("3 q", "4 p"));
    List<Selection> byKind =
        List.copyOf(mine(examples, Groups.of(examples, Within.KIND), ALL).values());
    assertThat(byKind.get(0).negatives()).containsExactly("4 p");
    assertThat(byKind.get(1).negatives()).isEmpty();
    List<Selection> all =
        List.copyOf(mine(examples, Groups.of(examples, Within.ALL), ALL).values());
    assertThat(all.get(1).negatives()).containsExactly("4 p", "20 positive");
  }

  /// A negative must be rendered as training will render it.
  @Test
  void of_symmetricKind_putsTheInstructionOnDocuments() {
    Example pair =
        Example.of(TaskKind.STS, "en", "Same meaning", "0 a", "1 b", List.of(), Map.of());
    Group own = Groups.of(List.of(pair), Within.KIND).getFirst();
    assertThat(own.documents()).containsExactly(TextInput.query("Same meaning", "1 b"));
    Group corpus = Groups.of(List.of(pair), List.of("9 c")).getFirst();
    assertThat(corpus.documents()).containsExactly(TextInput.query("Same meaning", "9 c"));
  }

  @Test
  void run_provenance_namesTheTeacher() {
    List<Example> examples = List.of(example("0 query", "20 positive"), example("1 q", "2 p"));
    List<Example> mined =
        List.copyOf(mine(examples, Groups.of(examples, Within.ALL), ALL).keySet());
    assertThat(mined.getFirst().provenance())
        .containsEntry("mined", Map.of("teacher", "angles", "negatives", 1L));
    assertThat(mined)
        .extracting(Example::id)
        .containsExactly(examples.get(0).id(), examples.get(1).id());
  }

  @Test
  void wordTeacher_ranksByWords_andKnowsThePositivesScore() {
    List<Example> examples = List.of(example("red boats", "red boats sail", "own"));
    List<Group> groups =
        Groups.of(examples, List.of("boats are red boats", "red wine", "nothing of it"));
    var found = new ArrayList<Selection>();
    MiningSummary summary =
        new Mining(examples, groups, ALL)
            .run(
                new WordTeacher("en"),
                "bm25",
                (_, selection) -> found.add(selection),
                Progress.NONE);
    assertThat(found.getFirst().negatives()).containsExactly("boats are red boats", "red wine");
    assertThat(found.getFirst().looked().getFirst().positive()).isPositive();
    assertThat(summary.verdicts()).containsExactly(Map.entry(Verdict.TAKEN, 2L));
    assertThat(MiningSummary.of(summary.counts())).isEqualTo(summary);
  }

  /// A teacher that would need all rankings at once could not rank a million questions.
  @Test
  void run_progress_movesWithEachExample() {
    List<Example> examples = IntStream.range(0, 5).mapToObj(i -> example(i + " q", "9 p")).toList();
    var mining = new Mining(examples, Groups.of(examples, CORPUS), ALL);
    var seen = new ArrayList<Long>();
    mining.run(
        new VectorTeacher(MiningTest::vector, 1),
        "angles",
        (_, _) -> {},
        (done, _, _) -> seen.add(done));
    assertThat(seen).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  /// A cosine below 0 has no share that is lower, and a document above the positive is no negative.
  @Test
  void refusal_shareOfAPositiveBelowZero_isThePositiveItself() {
    var limits =
        new Limits(1, 9, OptionalDouble.of(0.9), ANY.margin(), ANY.maxScore(), ANY.minScore());
    assertThat(limits.refusal(1, -0.19, -0.2)).contains(Verdict.ABOVE_SHARE);
    assertThat(limits.refusal(1, -0.21, -0.2)).isEmpty();
  }

  @Test
  void ranks_impossible_areRefused() {
    assertThatThrownBy(() -> Limits.ranks(9, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("ranks 9-3 are none");
  }
}
