package io.alidade.core.lineage;

import com.google.errorprone.annotations.FormatMethod;
import io.alidade.core.Example;
import java.util.List;

/// A lineage for people, from the example downwards to the scores.
public final class LineageText {
  private static final int SHOWN_STEPS = 20;

  private final StringBuilder text = new StringBuilder();

  private LineageText() {}

  public static String of(Lineage lineage) {
    var page = new LineageText();
    page.line("example %s", lineage.id());
    lineage.sources().stream().findFirst().ifPresent(source -> page.example(source.example()));
    lineage.sources().forEach(page::source);
    lineage.trainings().forEach(page::training);
    lineage.notes().forEach(note -> page.line("note: %s", note));
    return page.text.toString();
  }

  private void example(Example example) {
    line("  kind         %s, language %s", example.kind().label(), example.language());
    line("  instruction  %s", example.instruction());
    line("  query        %s", example.query());
    line("  positive     %s", example.positive());
    example.negatives().forEach(negative -> line("  negative     %s", negative));
  }

  private void source(Lineage.Source source) {
    line("stands in %s:%d", source.path(), source.line());
    source
        .example()
        .provenance()
        .forEach((key, value) -> line("  provenance   %s: %s", key, value));
  }

  private void training(Lineage.Training training) {
    line("trained in %s (seed %d)", training.folder(), training.seed());
    steps(training.steps());
    training.models().forEach(model -> line("  model %s, sha256 %s", model.path(), model.sha256()));
    if (training.scores().isEmpty()) {
      line("  no evaluation of this model in the folders given");
    }
    for (Lineage.Score score : training.scores()) {
      line(
          "  score %s %s %.4f (data sha256 %.12s, %s)",
          score.task(), score.metric(), score.score(), score.dataSha256(), score.folder());
    }
  }

  private void steps(List<Lineage.Step> steps) {
    if (steps.isEmpty()) {
      line("  no step has used it");
    }
    steps.stream()
        .limit(SHOWN_STEPS)
        .forEach(
            step ->
                line(
                    "  step %d, epoch %d, with %d others, loss %.4f",
                    step.step(), step.epoch(), step.batch() - 1, step.loss()));
    if (steps.size() > SHOWN_STEPS) {
      line("  and %d more steps, up to %d", steps.size() - SHOWN_STEPS, steps.getLast().step());
    }
  }

  @FormatMethod
  private void line(String format, Object... values) {
    text.append(format.formatted(values)).append('\n');
  }
}
