package io.alidade.synth;

import com.google.errorprone.annotations.MustBeClosed;
import io.alidade.core.UsageException;
import io.alidade.core.recipe.Recipe;
import io.alidade.synth.llm.ChatClients;
import io.alidade.synth.llm.LlmConfig;
import io.alidade.synth.prompt.Prompt;
import io.alidade.synth.prompt.PromptSet;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.node.ObjectNode;

/// A judge's recipe that is known to make sense, with its prompt and keys, before anything is sent.
public final class JudgePlan {
  private final Recipe<JudgeRecipe> source;
  private final LlmAccess access;
  private final Prompt prompt;

  private JudgePlan(Recipe<JudgeRecipe> source, LlmAccess access, Prompt prompt) {
    this.source = source;
    this.access = access;
    this.prompt = prompt;
  }

  /// Checks everything that can be checked without asking a server.
  ///
  /// @param environment where the keys are
  /// @throws UsageException for a prompt, price or key that is missing or wrong
  public static JudgePlan of(Recipe<JudgeRecipe> source, Map<String, String> environment) {
    JudgeRecipe recipe = source.settings();
    var access = new LlmAccess(recipe.llms(), environment);
    access.checkPrices(recipe.budget());
    access.checkKeys();
    for (int i = 0; i < recipe.llms().size(); i++) {
      if (recipe.llms().get(i).batch().used()) {
        throw new UsageException(
            "llms.%d.batch: judges are asked by a call each, since what is asked next depends on the"
                    .formatted(i)
                + " answer; leave batch out");
      }
    }
    Path own = recipe.prompts();
    PromptSet prompts =
        own.toString().isEmpty() ? PromptSet.builtIn() : PromptSet.with(source.resolve(own));
    return new JudgePlan(source, access, prompts.passageJudge());
  }

  public JudgeRecipe recipe() {
    return source.settings();
  }

  /// The folder that relative paths of the recipe start at.
  public Path folder() {
    return source.folder();
  }

  /// All that decides the answers, for a manifest.
  ///
  /// @param llms who know the weights of some of the recipe's models
  public ObjectNode describe(ChatClients llms) {
    ObjectNode tree = source.tree();
    tree.putObject("prompt_versions").put(prompt.label(), prompt.sha256());
    for (LlmConfig llm : recipe().llms()) {
      llms.weights(llm).ifPresent(hash -> tree.withObject("/llm_weights").put(llm.model(), hash));
    }
    return tree;
  }

  /// The keys of [#describe] that may change for a run that goes on.
  public Set<String> freeKeys() {
    return Set.of("budget");
  }

  /// A judge whose calls are recorded in a folder, and taken from there where an earlier process
  /// has made them.
  ///
  /// @param seed of all calls
  /// @param stop asked before each call
  @MustBeClosed
  public PassageJudge open(Path folder, long seed, ChatClients llms, BooleanSupplier stop) {
    return PassageJudge.open(recipe(), prompt, access, folder, seed, llms, stop);
  }
}
