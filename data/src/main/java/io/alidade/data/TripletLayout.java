package io.alidade.data;

import io.alidade.core.Example;
import java.util.List;
import java.util.SequencedMap;
import tools.jackson.databind.node.ObjectNode;

/// `{"query","positive","negative"}`, a row a negative, as LLM2Vec and echo embeddings read the E5
/// data. Their instruction follows from the name of the file. Read as our own layout, of which its
/// columns are a part.
record TripletLayout() implements TrainingLayout {

  @Override
  public String label() {
    return "triplets";
  }

  @Override
  public String shape() {
    return "{query, positive, negative}";
  }

  @Override
  public boolean matches(JsonLine row) {
    return TrainingLayouts.OWN.matches(row);
  }

  @Override
  public TrainingTexts read(JsonLine row) {
    return TrainingLayouts.OWN.read(row);
  }

  @Override
  public List<ObjectNode> write(Example example) {
    return example.negatives().stream()
        .map(
            negative ->
                new LayoutRow()
                    .text("query", example.query())
                    .text("positive", example.positive())
                    .text("negative", negative)
                    .node())
        .toList();
  }

  @Override
  public SequencedMap<String, String> columns() {
    return LayoutRow.columns(
        "query", LayoutRow.TEXT, "positive", LayoutRow.TEXT, "negative", LayoutRow.TEXT);
  }

  @Override
  public List<String> drops() {
    return LayoutRow.BESIDE_TEXTS;
  }
}
