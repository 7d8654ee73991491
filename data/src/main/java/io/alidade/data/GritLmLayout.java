package io.alidade.data;

import io.alidade.core.Example;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// GritLM's `{"query":[instruction, text],"pos":[[instruction, text]],"neg":[[instruction,
/// text],…]}`. Documents have an empty instruction, except that in symmetric kinds they have the
/// query's.
record GritLmLayout() implements TrainingLayout {

  @Override
  public String label() {
    return "gritlm";
  }

  @Override
  public String shape() {
    return "{query: [instruction, text], pos: [[instruction, text]], neg}";
  }

  @Override
  public boolean matches(JsonLine row) {
    return row.object().path("query").isArray() && row.has("pos");
  }

  @Override
  public TrainingTexts read(JsonLine row) {
    List<JsonNode> query = row.elements("query");
    List<String> positives = texts(row, "pos");
    if (query.size() != 2 || positives.isEmpty()) {
      throw row.error(
          "\"query\" must be [instruction, text], and \"pos\" must hold one such pair or more");
    }
    return TrainingTexts.of(
            row.textOf(query.get(1), "query"),
            positives,
            row.has("neg") ? texts(row, "neg") : List.of())
        .withInstruction(Optional.of(query.get(0).asString("").strip()));
  }

  private static List<String> texts(JsonLine row, String column) {
    var texts = new ArrayList<String>();
    for (JsonNode pair : row.elements(column)) {
      if (!pair.isArray() || pair.size() != 2) {
        throw row.error("\"%s\" must hold pairs of [instruction, text]".formatted(column));
      }
      texts.add(row.textOf(pair.get(1), column));
    }
    return texts;
  }

  @Override
  public List<ObjectNode> write(Example example) {
    String instruction = example.kind().symmetric() ? example.instruction() : "";
    return List.of(
        new LayoutRow()
            .texts("query", List.of(example.instruction(), example.query()))
            .nodes("pos", List.of(pair(instruction, example.positive())))
            .nodes(
                "neg", example.negatives().stream().map(text -> pair(instruction, text)).toList())
            .node());
  }

  private static ArrayNode pair(String instruction, String text) {
    return JsonMapper.shared().createArrayNode().add(instruction).add(text);
  }

  @Override
  public SequencedMap<String, String> columns() {
    return LayoutRow.columns("query", LayoutRow.TEXTS, "pos", "VARCHAR[][]", "neg", "VARCHAR[][]");
  }

  @Override
  public List<String> drops() {
    return LayoutRow.BESIDE_INSTRUCTION;
  }
}
