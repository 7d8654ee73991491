package io.alidade.synth.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.UsageException;
import io.alidade.synth.GenerateRecipe;
import io.alidade.synth.prompt.PromptSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final int CANDIDATES = 20_000;
  private static final Map<String, Double> KINDS = GenerateRecipe.PAPER_KINDS;

  private static Sampler sampler(long seed) {
    return new Sampler(
        seed,
        Sources.of(PromptSet.builtIn()),
        KINDS,
        Languages.paperWeights(),
        List.of(25.0, 75.0));
  }

  private static List<Candidate> candidates(long seed, int count) {
    Sampler sampler = sampler(seed);
    return LongStream.range(0, count).mapToObj(sampler::candidate).toList();
  }

  @Test
  void candidate_sameNumber_isTheSameWhateverWasDrawnBefore() {
    List<Candidate> inOrder = candidates(3, 300);
    Sampler fresh = sampler(3);
    for (int i = 299; i >= 0; i -= 7) {
      assertThat(fresh.candidate(i)).isEqualTo(inOrder.get(i));
    }
    assertThat(candidates(4, 300)).isNotEqualTo(inOrder);
  }

  @Test
  void candidate_twentyThousand_haveTheAskedShares() {
    List<Candidate> drawn = candidates(42, CANDIDATES);

    assertFits(drawn, one -> one.prompt().name(), KINDS);
    assertFits(drawn, one -> Integer.toString(one.llm()), Map.of("0", 25.0, "1", 75.0));
    assertFits(drawn, one -> one.queryLanguage().code(), Languages.paperWeights());
    assertFits(
        drawn.stream().filter(one -> one.prompt().name().equals("short-long")).toList(),
        one -> one.values().getOrDefault("num_words", ""),
        Map.of("50", 1.0, "100", 1.0, "200", 1.0, "300", 1.0, "400", 1.0, "500", 1.0));
    assertFits(
        drawn.stream().filter(one -> one.prompt().name().equals("bitext")).toList(),
        one -> one.values().getOrDefault("low_score", ""),
        Map.of("1.5", 1.0, "2", 1.0, "2.5", 1.0));
  }

  @Test
  void candidate_choices_areIndependent() {
    List<Candidate> english =
        candidates(42, CANDIDATES).stream()
            .filter(one -> one.queryLanguage().code().equals("en"))
            .toList();

    assertFits(english, one -> one.prompt().name(), KINDS);
    assertFits(english, one -> Integer.toString(one.llm()), Map.of("0", 25.0, "1", 75.0));
  }

  @Test
  void candidate_bitext_hasTwoLanguages() {
    List<Candidate> pairs =
        candidates(42, CANDIDATES).stream().filter(one -> one.prompt().bilingual()).toList();

    assertThat(pairs)
        .hasSizeGreaterThan(3_000)
        .allMatch(one -> !one.queryLanguage().equals(one.documentLanguage()));
    assertThat(candidates(42, 500))
        .filteredOn(one -> !one.prompt().bilingual())
        .allMatch(one -> one.queryLanguage().equals(one.documentLanguage()));
  }

  @Test
  void candidate_texts_haveNoPlaceholderLeft() {
    assertThat(candidates(1, 300))
        .allSatisfy(one -> assertThat(one.text("Find it")).doesNotContainPattern("\\{[a-z_]+}"));
  }

  @Test
  void candidate_tasks_comeFromListsOfTheBlock() {
    assertThat(candidates(1, 600))
        .allSatisfy(
            one ->
                assertThat(one.task() instanceof TaskSlot)
                    .isEqualTo(!one.prompt().header().kind().symmetric()))
        .filteredOn(one -> one.task() instanceof TaskSlot)
        .extracting(one -> (TaskSlot) one.task())
        .allMatch(slot -> slot.list() >= 0 && slot.list() < 2)
        .extracting(TaskSlot::block)
        .isSorted()
        .contains(0L, 2L);
  }

  @Test
  void sampler_badWeights_areRefusedByKey() {
    Sources prompts = Sources.of(PromptSet.builtIn());
    assertThatThrownBy(
            () -> new Sampler(1, prompts, Map.of("sts", -1.0), Map.of("en", 1.0), List.of(1.0)))
        .isInstanceOf(UsageException.class)
        .hasMessage("kinds: the weight of sts must not be negative, is -1.0");
    assertThatThrownBy(
            () -> new Sampler(1, prompts, Map.of("stss", 1.0), Map.of("en", 1.0), List.of(1.0)))
        .hasMessageContaining("there is no prompt \"stss\"; did you mean \"sts\"?");
    assertThatThrownBy(
            () -> new Sampler(1, prompts, Map.of("sts", 1.0), Map.of("qq", 1.0), List.of(1.0)))
        .hasMessageContaining("languages: \"qq\" is no language");
    assertThatThrownBy(
            () -> new Sampler(1, prompts, Map.of("bitext", 1.0), Map.of("en", 1.0), List.of(1.0)))
        .hasMessageContaining("kinds.bitext needs two languages");
  }

  /// Pearson's chi-square test at a chance of one in a thousand, by Wilson and Hilferty's
  /// approximation of the distribution.
  static void assertFits(
      List<Candidate> drawn, Function<Candidate, String> choice, Map<String, Double> weights) {
    Map<String, Long> counts =
        drawn.stream().collect(Collectors.groupingBy(choice, HashMap::new, Collectors.counting()));
    assertThat(weights.keySet()).containsAll(counts.keySet());
    double total = weights.values().stream().mapToDouble(Double::doubleValue).sum();
    double statistic = 0;
    for (Map.Entry<String, Double> one : weights.entrySet()) {
      double expected = drawn.size() * one.getValue() / total;
      double difference = counts.getOrDefault(one.getKey(), 0L) - expected;
      statistic += difference * difference / expected;
    }
    double freedom = weights.size() - 1;
    double spread = 2 / (9 * freedom);
    double critical = freedom * Math.pow(1 - spread + 3.09 * Math.sqrt(spread), 3);
    assertThat(statistic).as("%s", counts).isLessThan(critical);
  }
}
