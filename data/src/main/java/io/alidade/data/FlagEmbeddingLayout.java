package io.alidade.data;

import io.alidade.core.Example;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import tools.jackson.databind.node.ObjectNode;

/// FlagEmbedding's `{"query","pos":[…],"neg":[…],"prompt"}`; the prompt is the instruction, around
/// which the tool's own `query_instruction_format` puts the template.
record FlagEmbeddingLayout() implements TrainingLayout {

  @Override
  public String label() {
    return "flag-embedding";
  }

  @Override
  public String shape() {
    return "{query, pos, neg}";
  }

  @Override
  public boolean matches(JsonLine row) {
    return row.has("query") && row.has("pos");
  }

  @Override
  public TrainingTexts read(JsonLine row) {
    Optional<String> instruction = Optional.empty();
    if (row.has("instruction")) {
      instruction = Optional.of(row.textOr("instruction", ""));
    } else if (row.has("prompt")) {
      instruction = Optional.of(row.textOr("prompt", "").strip());
    }
    return new TrainingTexts(
        instruction,
        row.text("query"),
        LayoutRow.positives(row, "pos"),
        row.has("neg") ? LayoutRow.filled(row, row.texts("neg")) : List.of());
  }

  @Override
  public List<ObjectNode> write(Example example) {
    return List.of(
        new LayoutRow()
            .text("query", example.query())
            .texts("pos", List.of(example.positive()))
            .texts("neg", example.negatives())
            .text("prompt", example.instruction())
            .node());
  }

  @Override
  public SequencedMap<String, String> columns() {
    return LayoutRow.columns(
        "query", LayoutRow.TEXT,
        "pos", LayoutRow.TEXTS,
        "neg", LayoutRow.TEXTS,
        "prompt", LayoutRow.TEXT);
  }

  @Override
  public List<String> drops() {
    return LayoutRow.BESIDE_INSTRUCTION;
  }
}
