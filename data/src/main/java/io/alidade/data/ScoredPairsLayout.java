package io.alidade.data;

import io.alidade.core.Annotation;
import io.alidade.core.Example;
import java.util.List;
import java.util.SequencedMap;
import tools.jackson.databind.node.ObjectNode;

/// Graded pairs as sentence-transformers' data sets have them: `{"sentence1","sentence2","score"}`,
/// with a number or, for classes, a text in any of its label columns.
record ScoredPairsLayout() implements TrainingLayout {
  private static final String FIRST = "sentence1";
  private static final String SECOND = "sentence2";

  @Override
  public String label() {
    return "scored-pairs";
  }

  @Override
  public String shape() {
    return "{sentence1, sentence2, score}";
  }

  @Override
  public boolean matches(JsonLine row) {
    return row.has(FIRST) && row.has(SECOND);
  }

  @Override
  public TrainingTexts read(JsonLine row) {
    return TrainingTexts.of(row.text(FIRST), List.of(row.text(SECOND)), List.of())
        .withAnnotations(List.of(LabelColumns.read(row, 0)));
  }

  @Override
  public boolean holds(Example example) {
    return example.annotation().score().isPresent();
  }

  @Override
  public List<ObjectNode> write(Example example) {
    return example.annotation().score().stream()
        .map(
            score ->
                new LayoutRow()
                    .text(FIRST, example.query())
                    .text(SECOND, example.positive())
                    .number(Annotation.SCORE, score)
                    .node())
        .toList();
  }

  @Override
  public SequencedMap<String, String> columns() {
    return LayoutRow.columns(
        FIRST, LayoutRow.TEXT, SECOND, LayoutRow.TEXT, Annotation.SCORE, LayoutRow.NUMBER);
  }

  @Override
  public List<String> drops() {
    return LayoutRow.BESIDE_TEXTS;
  }

  @Override
  public List<String> annotations() {
    return List.of(Annotation.SCORE);
  }
}
