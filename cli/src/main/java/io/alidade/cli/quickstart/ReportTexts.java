package io.alidade.cli.quickstart;

import io.alidade.core.TextInput;
import io.alidade.data.ClassificationTask;
import io.alidade.data.EvaluationTask;
import java.util.ArrayList;
import java.util.List;

/// The texts that the report draws: those of the held-out classification task, whose labels show
/// whether texts of one meaning have come together. The first of some labels make the heat map.
final class ReportTexts {
  private static final int MAP_TEXTS = 220;
  private static final int HEAT_LABELS = 4;
  private static final int HEAT_TEXTS_A_LABEL = 3;

  private final String instruction;
  private final List<ClassificationTask.LabelledText> texts;
  private final List<Integer> heat = new ArrayList<>();

  ReportTexts(List<EvaluationTask> tasks) {
    ClassificationTask task =
        tasks.stream()
            .filter(ClassificationTask.class::isInstance)
            .map(ClassificationTask.class::cast)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no classification task to draw"));
    this.instruction = task.info().instruction();
    this.texts = task.test().stream().limit(MAP_TEXTS).toList();
    texts.stream()
        .map(ClassificationTask.LabelledText::label)
        .distinct()
        .limit(HEAT_LABELS)
        .forEach(this::addHeat);
  }

  private void addHeat(String label) {
    int found = 0;
    for (int i = 0; i < texts.size() && found < HEAT_TEXTS_A_LABEL; i++) {
      if (texts.get(i).label().equals(label)) {
        heat.add(i);
        found++;
      }
    }
  }

  List<TextInput> inputs() {
    return texts.stream().map(text -> TextInput.query(instruction, text.text())).toList();
  }

  List<String> texts() {
    return texts.stream().map(ClassificationTask.LabelledText::text).toList();
  }

  List<String> labels() {
    return texts.stream().map(ClassificationTask.LabelledText::label).toList();
  }

  List<String> heatTexts() {
    return heat.stream().map(i -> texts.get(i).text()).toList();
  }

  /// The heat map's rows of all vectors.
  float[][] heat(float[][] vectors) {
    return heat.stream().map(i -> vectors[i]).toArray(float[][]::new);
  }
}
