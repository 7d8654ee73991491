package io.alidade.train.batch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The instructions of examples by numbers. An example has one, or several of which each epoch
/// takes one.
public final class Instructions {
  private final Map<String, Integer> numbers = new HashMap<>();
  private final Map<List<String>, Integer> choiceNumbers = new HashMap<>();
  private final List<int[]> choices = new ArrayList<>();

  /// The number of a choice of instructions, mostly of one.
  int choice(List<String> instructions) {
    Integer known = choiceNumbers.get(instructions);
    if (known != null) {
      return known;
    }
    choices.add(
        instructions.stream()
            .mapToInt(text -> numbers.computeIfAbsent(text, _ -> numbers.size()))
            .toArray());
    choiceNumbers.put(List.copyOf(instructions), choices.size() - 1);
    return choices.size() - 1;
  }

  /// The number of the instruction that an example has in an epoch.
  int chosen(int choice, long seed, int epoch, String id) {
    int[] of = choices.get(choice);
    return of.length == 1 ? of[0] : of[pick(of.length, seed, epoch, id)];
  }

  /// How many instructions there are.
  int count() {
    return numbers.size();
  }

  /// Which of several instructions an example has in an epoch.
  public static int pick(int count, long seed, int epoch, String id) {
    return (int) (OrderKey.of(seed, epoch, "instruction " + id).share() * count);
  }
}
