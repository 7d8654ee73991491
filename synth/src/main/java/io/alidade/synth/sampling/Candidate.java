package io.alidade.synth.sampling;

import io.alidade.synth.document.Passage;
import io.alidade.synth.prompt.Prompt;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What one candidate asks for, but for the task, which must be thought up first.
///
/// @param index its number, from 0
/// @param documentLanguage that of positive and negative; the query's own but for bitext
/// @param llm its place in the recipe's list
/// @param values of the placeholders, languages among them
/// @param task the prompt needs, or where it comes from
/// @param passage of the user's documents, where the prompt asks about one
/// @param addition to the prompt's text
/// @param seed for the LLM
public record Candidate(
    long index,
    Prompt prompt,
    Language queryLanguage,
    Language documentLanguage,
    int llm,
    Map<String, String> values,
    TaskChoice task,
    @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<Passage> passage,
    Addition addition,
    long seed) {

  public Candidate {
    values = Map.copyOf(values);
  }

  /// The call's id in the ledger, and the subject of all its choices.
  public static String callId(long index) {
    return "example/" + index;
  }

  /// The same, of this candidate.
  public String callId() {
    return callId(index);
  }

  /// The language as training examples give it: `de`, or `en-de` for a pair.
  public String language() {
    return queryLanguage.equals(documentLanguage)
        ? queryLanguage.code()
        : queryLanguage.code() + "-" + documentLanguage.code();
  }

  /// The prompt's text with everything filled in.
  ///
  /// @param task empty where the prompt needs none
  public String text(String task) {
    var filled = new TreeMap<>(values);
    filled.put(Prompt.TASK, task);
    passage.ifPresent(one -> filled.put(Prompt.PASSAGE, one.text()));
    return prompt.fill(filled) + addition.text();
  }
}
