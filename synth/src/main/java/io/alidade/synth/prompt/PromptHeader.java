package io.alidade.synth.prompt;

import io.alidade.core.TaskKind;
import io.alidade.core.recipe.Required;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The YAML at the head of a prompt's file.
///
/// @param version changes with every change of the text, and stands in each example's provenance
/// @param kind of the examples it makes
/// @param instruction what training examples say, `{task}` for the task itself
/// @param fields which key of the answer is an example's `query`, `positive` and, where they are
///   asked for, `negative` and `task`
/// @param values what each placeholder of the text may stand for, drawn evenly for each example
/// @param lengths key of the answer → how many words it was asked to have: the name of the
///   placeholder that says so, or the words themselves, such as `at least 300`
public record PromptHeader(
    @Required int version,
    @Required TaskKind kind,
    String instruction,
    Map<String, String> fields,
    Map<String, List<String>> values,
    Map<String, String> lengths) {
  static final String TASK = "task";
  static final String QUERY = "query";
  static final String POSITIVE = "positive";
  static final String NEGATIVE = "negative";
  private static final List<String> ROLES = List.of(TASK, QUERY, POSITIVE, NEGATIVE);

  public PromptHeader {
    fields = new LinkedHashMap<>(fields);
    values = Map.copyOf(values);
    lengths = Map.copyOf(lengths);
    for (String role : fields.keySet()) {
      check(
          ROLES.contains(role), "fields may give task, query, positive and negative, not " + role);
    }
    for (String key : lengths.keySet()) {
      check(fields.containsValue(key), "lengths names %s, which is no field".formatted(key));
    }
    for (Map.Entry<String, List<String>> entry : values.entrySet()) {
      check(
          !entry.getValue().isEmpty(), "values of %s must not be empty".formatted(entry.getKey()));
    }
  }

  static PromptHeader defaults() {
    return new PromptHeader(1, TaskKind.SHORT_LONG, "{task}", Map.of(), Map.of(), Map.of());
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
