package io.alidade.synth.sampling;

import io.alidade.core.DataException;
import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import io.alidade.data.TrainingDefaults;
import io.alidade.data.TrainingFile;
import io.alidade.synth.prompt.Prompt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The user's own examples, of which prompts show some of their kind. Rows that name no kind count
/// as short-long.
final class Shots {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Map<TaskKind, List<Example>> examples;
  private final Map<TaskKind, List<Example>> withNegative = new EnumMap<>(TaskKind.class);
  private final int count;

  private Shots(Map<TaskKind, List<Example>> examples, int count) {
    this.examples = examples;
    this.count = count;
    examples.forEach(
        (kind, all) ->
            withNegative.put(
                kind, all.stream().filter(one -> !one.negatives().isEmpty()).toList()));
  }

  /// No examples.
  static Shots none() {
    return new Shots(Map.of(), 0);
  }

  /// Those of a file.
  ///
  /// @param count of those that a prompt shows
  static Shots read(Path file, int count) {
    var examples = new EnumMap<TaskKind, List<Example>>(TaskKind.class);
    TrainingFile.forEach(
        file,
        TrainingDefaults.of(""),
        example -> examples.computeIfAbsent(example.kind(), _ -> new ArrayList<>()).add(example));
    if (examples.isEmpty()) {
      throw new DataException(file, "holds no example to show in prompts");
    }
    return new Shots(examples, count);
  }

  /// Examples for a prompt, no two the same: as many as there are of its kind and with a negative
  /// where it asks for one, at most the count.
  List<Example> choose(Prompt prompt, Draw draw) {
    List<Example> fitting =
        (prompt.negativeKey().isEmpty() ? examples : withNegative)
            .getOrDefault(prompt.header().kind(), List.of());
    var places = new TreeSet<Integer>();
    var chosen = new ArrayList<Example>();
    for (int shot = 0; shot < Math.min(count, fitting.size()); shot++) {
      int place = (int) (draw.share("shot " + shot) * (fitting.size() - shot));
      for (int taken : places) {
        place += place >= taken ? 1 : 0;
      }
      places.add(place);
      chosen.add(fitting.get(place));
    }
    return chosen;
  }

  /// The example as the answer to a prompt.
  static String answer(Prompt prompt, Example example) {
    ObjectNode answer = JSON.createObjectNode();
    prompt
        .header()
        .fields()
        .forEach(
            (role, key) -> {
              if (key.equals(prompt.taskKey())) {
                answer.put(key, example.instruction());
              } else if (key.equals(prompt.queryKey())) {
                answer.put(key, example.query());
              } else if (key.equals(prompt.negativeKey())) {
                answer.put(key, example.negatives().getFirst());
              } else {
                answer.put(key, example.positive());
              }
            });
    String task = prompt.taskNeeded() ? "Task: " + example.instruction() + "\n" : "";
    return task + answer;
  }
}
