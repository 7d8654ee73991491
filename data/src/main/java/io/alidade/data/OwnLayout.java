package io.alidade.data;

import io.alidade.core.Example;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Our own: `{"id","kind","language","instruction","query","positive","negatives":[…],
/// "provenance":{…}}`, and in Parquet the provenance as JSON text. Reads the triplets of other
/// tools, `{"query","positive","negative"}`, too.
record OwnLayout() implements TrainingLayout {

  @Override
  public String label() {
    return "alidade";
  }

  @Override
  public String shape() {
    return "{query, positive, negatives}";
  }

  @Override
  public boolean matches(JsonLine row) {
    return row.has("query") && row.has("positive");
  }

  @Override
  public TrainingTexts read(JsonLine row) {
    Optional<String> instruction =
        row.has("instruction") ? Optional.of(row.textOr("instruction", "")) : Optional.empty();
    return new TrainingTexts(
        instruction,
        row.text("query"),
        List.of(row.text("positive")),
        LayoutRow.namedNegatives(row));
  }

  @Override
  public List<ObjectNode> write(Example example) {
    ObjectNode row =
        new LayoutRow()
            .text("id", example.id())
            .text("kind", example.kind().label())
            .text("language", example.language())
            .text("instruction", example.instruction())
            .text("query", example.query())
            .text("positive", example.positive())
            .texts("negatives", example.negatives())
            .node();
    row.set(
        ParquetRows.PROVENANCE,
        JsonMapper.shared().valueToTree(new TreeMap<>(example.provenance())));
    return List.of(row);
  }

  @Override
  public SequencedMap<String, String> columns() {
    return LayoutRow.columns(
        "id",
        LayoutRow.TEXT,
        "kind",
        LayoutRow.TEXT,
        "language",
        LayoutRow.TEXT,
        "instruction",
        LayoutRow.TEXT,
        "query",
        LayoutRow.TEXT,
        "positive",
        LayoutRow.TEXT,
        "negatives",
        LayoutRow.TEXTS,
        ParquetRows.PROVENANCE,
        LayoutRow.TEXT);
  }

  @Override
  public List<String> drops() {
    return List.of();
  }
}
