package io.alidade.synth;

import io.alidade.synth.filter.ExpectedLength;
import io.alidade.synth.ledger.BudgetConfig;
import io.alidade.synth.ledger.Usd;
import io.alidade.synth.llm.LlmConfig;
import io.alidade.synth.llm.Usage;
import io.alidade.synth.prompt.Prompt;
import io.alidade.synth.sampling.Candidate;
import io.alidade.synth.sampling.Sampler;
import io.alidade.synth.sampling.TaskChoice;
import io.alidade.synth.sampling.TaskSlot;
import io.alidade.synth.sampling.WrittenTask;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What a run is expected to take, from the prompts it will send and the lengths they ask for. The
/// true figures lie between half and double: LLMs keep to lengths badly, languages differ in tokens
/// a word, and rejected answers are paid for too.
///
/// @param cost as expected; zero where no price is known
/// @param time of the calls that are made by themselves, at a call's usual length and the limits of
///   the budget
/// @param rounds of batches, one behind the other
public record Estimate(
    long calls,
    long inputTokens,
    long outputTokens,
    Usd cost,
    boolean priced,
    Duration time,
    long rounds) {
  /// A sample of candidates is enough for the averages.
  private static final int SAMPLE = 5_000;

  private static final double CHARACTERS_PER_TOKEN = 4.5;

  /// A list of 20 sentences.
  private static final int LIST_TOKENS = 500;

  /// `{"score": "4"}`.
  private static final int SCORE_TOKENS = 10;

  private static final double TOKENS_PER_SECOND = 50;
  private static final double SECONDS_PER_CALL = 1;

  /// A model of 135 million parameters in this process, on two cores.
  private static final double OWN_TOKENS_PER_SECOND = 25;

  private static final double OWN_INPUT_TOKENS_PER_SECOND = 150;
  private static final BigDecimal TWO = BigDecimal.TWO;

  /// The estimate of a plan.
  public static Estimate of(GeneratePlan plan) {
    var sums = new Sums(plan);
    int sample = Math.min(SAMPLE, plan.recipe().examples());
    for (int i = 0; i < sample; i++) {
      sums.add(i);
    }
    return sums.scaled((double) plan.recipe().examples() / sample);
  }

  public Usd least() {
    return new Usd(cost.amount().divide(TWO));
  }

  public Usd most() {
    return new Usd(cost.amount().multiply(TWO));
  }

  /// Whether it costs money.
  public boolean costly() {
    return cost.compareTo(Usd.ZERO) > 0;
  }

  @Override
  public String toString() {
    String money =
        priced ? "about %s (between %s and %s)".formatted(cost, least(), most()) : "price unknown";
    return String.format(
        Locale.ROOT,
        "expected: %,d calls, %,d tokens in, %,d out, %s, %s",
        calls,
        inputTokens,
        outputTokens,
        money,
        shownTime());
  }

  private String shownTime() {
    String alone = "about " + shown(time);
    if (rounds == 0) {
      return alone;
    }
    String batches =
        String.format(
            Locale.ROOT,
            "about %,d %s of batches, each of up to 24 h",
            rounds,
            rounds == 1 ? "round" : "rounds");
    return time.isZero() ? batches : alone + " and " + batches;
  }

  private static String shown(Duration time) {
    long minutes = time.toMinutes();
    return minutes < 1
        ? Math.max(1, time.toSeconds()) + " s"
        : minutes < 120 ? minutes + " min" : (minutes + 30) / 60 + " h";
  }

  /// Adds up candidate by candidate.
  private static final class Sums {
    private final List<LlmConfig> llms;
    private final BudgetConfig budget;
    private final Sampler sampler;
    private final Optional<Prompt> judge;
    private final Set<String> lists = new HashSet<>();
    private final Set<String> steps = new HashSet<>();
    private final double windows;
    private long calls;
    private long input;
    private long output;
    private double servedSeconds;
    private double ownSeconds;
    private Usd cost = Usd.ZERO;
    private long callsAlone;
    private long tokensAlone;

    Sums(GeneratePlan plan) {
      llms = plan.recipe().llms();
      budget = plan.recipe().budget();
      sampler = plan.sampler();
      judge = plan.judgePrompt();
      int window = plan.batchedCalls();
      windows = window == 0 ? 0 : Math.ceil((double) plan.recipe().examples() / window);
    }

    void add(long index) {
      Candidate candidate = sampler.candidate(index);
      String task =
          switch (candidate.task()) {
            case TaskChoice.None() -> "";
            case WrittenTask written -> written.text();
            case TaskSlot slot -> {
              addList(slot);
              yield "";
            }
          };
      long answer = ExpectedLength.tokens(candidate);
      add("example", llms.get(candidate.llm()), candidate.text(task).length(), answer);
      judge.ifPresent(prompt -> addJudgement(candidate, prompt, answer));
    }

    private void addJudgement(Candidate candidate, Prompt prompt, long answerTokens) {
      double texts =
          answerTokens * CHARACTERS_PER_TOKEN
              + candidate.passage().map(passage -> passage.text().length()).orElse(0);
      LlmConfig llm = llms.get(sampler.judgeLlm(candidate.index()));
      add("judge", llm, prompt.text().length() + Math.round(texts), SCORE_TOKENS);
    }

    private void addList(TaskSlot slot) {
      if (lists.add(slot.callId(0))) {
        LlmConfig llm = llms.get(sampler.taskLlm(slot, 0));
        add("tasks", llm, sampler.taskPrompt(slot, 0).length(), LIST_TOKENS);
      }
    }

    private void add(String step, LlmConfig llm, long characters, long outputTokens) {
      long inputTokens = Math.round(characters / CHARACTERS_PER_TOKEN);
      calls++;
      input += inputTokens;
      output += outputTokens;
      if (llm.batch().used()) {
        steps.add(step);
      } else {
        addTime(llm, inputTokens, outputTokens);
      }
      cost = cost.plus(cost(llm, new Usage(inputTokens, outputTokens)));
    }

    /// Of a call that is made for itself.
    private void addTime(LlmConfig llm, long inputTokens, long outputTokens) {
      if (llm.served()) {
        callsAlone++;
        tokensAlone += inputTokens + outputTokens;
        servedSeconds += SECONDS_PER_CALL + outputTokens / TOKENS_PER_SECOND;
      } else {
        ownSeconds +=
            inputTokens / OWN_INPUT_TOKENS_PER_SECOND + outputTokens / OWN_TOKENS_PER_SECOND;
      }
    }

    private static Usd cost(LlmConfig llm, Usage usage) {
      Usd cost = Usd.cost(llm, usage);
      return llm.batch().used() ? cost.times(llm.batch().priceShare()) : cost;
    }

    Estimate scaled(double factor) {
      long allCalls = Math.round(calls * factor);
      double seconds = Math.max(servedSeconds / budget.concurrency(), ownSeconds) * factor;
      if (budget.requestsPerMinute() > 0) {
        seconds = Math.max(seconds, callsAlone * factor * 60 / budget.requestsPerMinute());
      }
      if (budget.tokensPerMinute() > 0) {
        seconds = Math.max(seconds, tokensAlone * factor * 60 / budget.tokensPerMinute());
      }
      return new Estimate(
          allCalls,
          Math.round(input * factor),
          Math.round(output * factor),
          new Usd(cost.amount().multiply(BigDecimal.valueOf(factor))),
          llms.stream().allMatch(llm -> llm.priced() || llm.weight() == 0),
          Duration.ofSeconds(Math.round(seconds)),
          Math.round(windows * steps.size()));
    }
  }
}
