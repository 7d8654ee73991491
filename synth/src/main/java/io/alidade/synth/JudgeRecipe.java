package io.alidade.synth;

import io.alidade.core.recipe.Required;
import io.alidade.synth.ledger.BudgetConfig;
import io.alidade.synth.llm.LlmConfig;
import java.nio.file.Path;
import java.util.List;

/// Who judges whether found texts answer queries, and what that may cost.
///
/// @param llms asked by weight
/// @param answerFrom from which score on, of 1 to 5, a text counts as an answer
/// @param prompts a folder whose `passage.judge.txt` takes the built-in one's place; empty for none
/// @param budget for all calls together
public record JudgeRecipe(
    @Required List<LlmConfig> llms, int answerFrom, Path prompts, BudgetConfig budget) {
  private static final int BEST = 5;

  public JudgeRecipe {
    llms = List.copyOf(llms);
    if (llms.isEmpty()) {
      throw new IllegalArgumentException("llms must name at least one model");
    }
    if (answerFrom < 2 || answerFrom > BEST) {
      throw new IllegalArgumentException("answerFrom must be from 2 to 5, is " + answerFrom);
    }
  }

  public static JudgeRecipe defaults() {
    return new JudgeRecipe(List.of(LlmConfig.embedded()), 3, Path.of(""), BudgetConfig.defaults());
  }
}
