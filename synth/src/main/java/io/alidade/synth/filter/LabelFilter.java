package io.alidade.synth.filter;

import io.alidade.core.TaskKind;
import io.alidade.synth.text.Words;
import java.util.Optional;

/// Refuses labels of a classification that are not in the task's set. Most tasks name no set; where
/// one of an answer's two labels stands in the task's words, the task does, and the other label
/// must stand there too.
final class LabelFilter implements Filter {

  @Override
  public Optional<Fault> check(Draft draft) {
    if (draft.candidate().prompt().header().kind() != TaskKind.LONG_SHORT
        || draft.negative().isEmpty()) {
      return Optional.empty();
    }
    String task = " " + Words.folded(draft.task()) + " ";
    boolean right = names(task, draft.positive());
    boolean wrong = names(task, draft.negative());
    if (right == wrong) {
      return Optional.empty();
    }
    String outside = right ? draft.negative() : draft.positive();
    return Optional.of(
        new Fault(Reason.LABEL, "\"%s\" is not in the set that the task names".formatted(outside)));
  }

  private static boolean names(String task, String label) {
    return task.contains(" " + Words.folded(label) + " ");
  }
}
