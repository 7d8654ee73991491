package io.alidade.synth.sampling;

import io.alidade.synth.document.Passages;
import io.alidade.synth.prompt.PromptSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a [Sampler] draws from beside the weights.
///
/// @param tasks written down for a prompt, by its name; prompts without any have theirs thought up
/// @param passages of the user's documents, for prompts that ask about one
/// @param variety what prompts say beyond their own texts
public record Sources(
    PromptSet prompts,
    Map<String, List<WrittenTask>> tasks,
    @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<Passages> passages,
    Variety variety) {

  public Sources {
    var copy = new HashMap<String, List<WrittenTask>>();
    tasks.forEach((prompt, written) -> copy.put(prompt, List.copyOf(written)));
    tasks = Map.copyOf(copy);
  }

  /// Prompts alone: all tasks are thought up.
  public static Sources of(PromptSet prompts) {
    return new Sources(prompts, Map.of(), Optional.empty(), Variety.none());
  }
}
