package io.alidade.data;

import io.alidade.core.Example;
import java.util.List;
import java.util.SequencedMap;
import tools.jackson.databind.node.ObjectNode;

/// NeMo Automodel's rows that hold their documents: `{"query","pos_doc":[…],"neg_doc":[…]}`, either
/// a text or a list. Its other form, one JSON document whose texts lie in a corpus, is refused by
/// name.
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
    return (row.has("query") && row.has(POSITIVES)) || isDocument(row);
  }

  private static boolean isDocument(JsonLine row) {
    return row.has("corpus") && row.has("data");
  }

  @Override
  public TrainingTexts read(JsonLine row) {
    if (isDocument(row)) {
      throw row.error(
          "names its texts by ids into a corpus; write them as %s and %s on lines of their own"
              .formatted(POSITIVES, NEGATIVES));
    }
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
