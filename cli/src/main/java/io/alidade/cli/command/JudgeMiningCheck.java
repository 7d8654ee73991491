package io.alidade.cli.command;

import io.alidade.cli.Context;
import io.alidade.core.Awaited;
import io.alidade.mine.Mining;
import io.alidade.mine.MiningSummary;
import io.alidade.mine.NegativeCheck;
import io.alidade.mine.Question;
import io.alidade.synth.JudgePlan;
import io.alidade.synth.PassageJudge;
import io.alidade.synth.llm.ChatClients;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/// A check by an LLM. What it has answered lies in the folder's ledger.
record JudgeMiningCheck(Context context, JudgePlan plan, ChatClients llms, Path out, long seed)
    implements MiningCheck {

  @Override
  public void describe(ObjectNode recipe) {
    recipe.set(KEY, plan.describe(llms));
  }

  @Override
  public Set<String> freeKeys() {
    return Set.copyOf(plan.freeKeys().stream().map(key -> KEY + "." + key).toList());
  }

  @Override
  public MiningSummary with(Mining mining, Function<Mining, MiningSummary> work) {
    try (PassageJudge judge =
        plan.open(out, seed, llms, () -> context.interruption().stopRequested())) {
      return work.apply(mining.checkedBy(new Check(judge)));
    }
  }

  private final class Check implements NegativeCheck {
    private final PassageJudge judge;

    Check(PassageJudge judge) {
      this.judge = judge;
    }

    @Override
    public List<Opinion> opinions(Question question, List<String> documents) {
      List<Future<PassageJudge.Judgement>> asked =
          documents.stream()
              .<Future<PassageJudge.Judgement>>map(text -> judge.judge(finding(question, text)))
              .toList();
      var opinions = new ArrayList<Opinion>();
      for (Future<PassageJudge.Judgement> judgement : asked) {
        opinions.add(opinion(Awaited.value(judgement, "the judge was asked")));
      }
      return opinions;
    }

    @Override
    public int atOnce() {
      return plan.recipe().budget().concurrency();
    }
  }

  private static PassageJudge.Finding finding(Question question, String text) {
    return new PassageJudge.Finding(
        question.example().id(),
        question.example().instruction(),
        question.query().text(),
        question.positive().text(),
        text);
  }

  /// What the judge gives no score is left out too: it may be anything.
  private NegativeCheck.Opinion opinion(PassageJudge.Judgement said) {
    int score = said.score().orElse(0);
    boolean answer = said.score().isEmpty() || score >= plan.recipe().answerFrom();
    return new NegativeCheck.Opinion(answer, score, said.reason());
  }
}
