package io.alidade.synth;

import io.alidade.core.recipe.Required;
import io.alidade.synth.document.DocumentConfig;
import io.alidade.synth.filter.FilterConfig;
import io.alidade.synth.ledger.BudgetConfig;
import io.alidade.synth.llm.LlmConfig;
import io.alidade.synth.prompt.PromptSet;
import io.alidade.synth.sampling.Languages;
import io.alidade.synth.sampling.VarietyConfig;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What to generate: the content of `alidade generate --recipe FILE`.
///
/// @param examples how many accepted ones are wanted
/// @param kinds names of prompts with weights; the paper's, or with documents the one about them
/// @param languages codes with weights
/// @param llms who writes, by weight; left out, the default backbone itself
/// @param tasks files of tasks by the prompt they are for, instead of tasks that are thought up
/// @param documents the user's own, to make examples about their passages
/// @param prompts a folder of the user's own prompts, relative to the recipe; empty for none
/// @param variety what prompts say beyond the paper's; nothing by default
/// @param budget what a run may cost, and how fast it may go; may be changed for a run that goes on
/// @param filters which answers are refused
/// @param seed of everything random
public record GenerateRecipe(
    @Required int examples,
    Map<String, Double> kinds,
    Map<String, Double> languages,
    List<LlmConfig> llms,
    Map<String, Path> tasks,
    DocumentConfig documents,
    Path prompts,
    VarietyConfig variety,
    BudgetConfig budget,
    FilterConfig filters,
    long seed) {

  /// Thousands of examples of each kind in the paper's data.
  ///
  /// @see <a href="https://arxiv.org/abs/2401.00368">Wang et al., 2024</a>, figure 2
  public static final Map<String, Double> PAPER_KINDS = paperKinds();

  public GenerateRecipe {
    if (examples < 1) {
      throw new IllegalArgumentException("examples must be at least 1, is " + examples);
    }
    boolean usual = documents.given() && kinds.equals(PAPER_KINDS);
    kinds =
        usual
            ? Map.of(PromptSet.GROUNDED, 1.0)
            : Collections.unmodifiableMap(new LinkedHashMap<>(kinds));
    languages = Collections.unmodifiableMap(new LinkedHashMap<>(languages));
    tasks = Collections.unmodifiableMap(new TreeMap<>(tasks));
    llms = List.copyOf(llms);
    if (llms.isEmpty()) {
      throw new IllegalArgumentException("llms must name at least one model");
    }
  }

  /// The paper's mixture.
  public static GenerateRecipe defaults() {
    return new GenerateRecipe(
        1,
        PAPER_KINDS,
        Languages.paperWeights(),
        List.of(LlmConfig.embedded()),
        Map.of(),
        DocumentConfig.defaults(),
        Path.of(""),
        VarietyConfig.defaults(),
        BudgetConfig.defaults(),
        FilterConfig.defaults(),
        42);
  }

  private static Map<String, Double> paperKinds() {
    var kinds = new LinkedHashMap<String, Double>();
    kinds.put("short-long", 167.0);
    kinds.put("long-short", 122.0);
    kinds.put("sts", 99.0);
    kinds.put("bitext", 89.0);
    kinds.put("long-long", 17.0);
    kinds.put("short-short", 13.0);
    return Collections.unmodifiableMap(kinds);
  }
}
