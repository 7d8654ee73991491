package io.alidade.synth.sampling;

/// Where a candidate's task comes from: one of the lists of tasks that the LLM thinks up.
///
/// Lists belong to blocks of neighbouring candidates, so that only the lists of the block being
/// made are held, and a longer run asks for the same lists as a shorter one.
///
/// @param prompt the name of the prompts, such as `short-long`
/// @param block of candidates that share lists
/// @param list its number within the block
/// @param place in `[0, 1)`, which task of the list is taken
public record TaskSlot(String prompt, long block, int list, double place) implements TaskChoice {

  /// The call's id in the ledger. A list that came out unusable is asked for again, as another try.
  public String callId(int attempt) {
    return "tasks/%s/%d/%d/%d".formatted(prompt, block, list, attempt);
  }
}
