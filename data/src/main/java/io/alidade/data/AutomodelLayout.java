package io.alidade.data;

import io.alidade.core.Example;
import java.util.List;
import java.util.SequencedMap;
import tools.jackson.databind.node.ObjectNode;

/// NeMo Automodel's rows that hold their documents: `{"query","pos_doc":[…],"neg_doc":[…]}`, either
/// a text or a list.
record AutomodelLayout() implements TrainingLayout {
  private static final String POSITIVES = "pos_doc";
  private static final String NEGATIVES = "neg_doc";

  @Override
  public String label() {
    return "automodel";
  }

  @Override
  public String shape() {
    return "{query, pos_doc, neg_doc}";
  }

  @Override
  public boolean matches(JsonLine row) {
    return row.has("query") && row.has(POSITIVES);
  }

  @Override
  public TrainingTexts read(JsonLine row) {
    return TrainingTexts.of(
        row.text("query"),
        LayoutRow.positives(row, POSITIVES),
        row.has(NEGATIVES) ? LayoutRow.filled(row, row.texts(NEGATIVES)) : List.of());
  }

  @Override
  public List<ObjectNode> write(Example example) {
    return List.of(
        new LayoutRow()
            .text("query", example.query())
            .texts(POSITIVES, List.of(example.positive()))
            .texts(NEGATIVES, example.negatives())
            .node());
  }

  @Override
  public SequencedMap<String, String> columns() {
    return LayoutRow.columns(
        "query", LayoutRow.TEXT, POSITIVES, LayoutRow.TEXTS, NEGATIVES, LayoutRow.TEXTS);
  }

  @Override
  public List<String> drops() {
    return LayoutRow.BESIDE_TEXTS;
  }
}
