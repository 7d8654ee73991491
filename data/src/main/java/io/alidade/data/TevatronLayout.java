package io.alidade.data;

import io.alidade.core.Example;
import io.alidade.core.Sha256;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Tevatron's rows that hold their passages: `{"query_id","query",
/// "positive_passages":[{"docid","title","text"}],"negative_passages":[…]}`. A passage's text is
/// its title, a space and its text, as Tevatron encodes it. Its other form, in which passages are
/// ids into a corpus, is refused by name.
record TevatronLayout() implements TrainingLayout {
  private static final String POSITIVES = "positive_passages";
  private static final String NEGATIVES = "negative_passages";
  private static final String IDS = "positive_document_ids";
  private static final int ID_LENGTH = 32;
  private static final String PASSAGES = "STRUCT(docid VARCHAR, title VARCHAR, \"text\" VARCHAR)[]";

  @Override
  public String label() {
    return "tevatron";
  }

  @Override
  public String shape() {
    return "{query, positive_passages, negative_passages}";
  }

  @Override
  public boolean matches(JsonLine row) {
    return row.has(POSITIVES) || row.has(IDS);
  }

  @Override
  public TrainingTexts read(JsonLine row) {
    if (row.has(IDS)) {
      throw row.error(
          "names its passages by ids into a corpus; write their texts as %s and %s of {docid,"
                  .formatted(POSITIVES, NEGATIVES)
              + " title, text}");
    }
    List<String> positives = passages(row, POSITIVES);
    if (positives.isEmpty()) {
      throw row.error("\"%s\" must hold one passage or more".formatted(POSITIVES));
    }
    return TrainingTexts.of(
        row.text("query"), positives, row.has(NEGATIVES) ? passages(row, NEGATIVES) : List.of());
  }

  private static List<String> passages(JsonLine row, String column) {
    var texts = new ArrayList<String>();
    for (JsonNode passage : row.elements(column)) {
      String title = passage.path("title").asString("");
      String text = row.textOf(passage.path("text"), column);
      texts.add(title.isEmpty() ? text : title + " " + text);
    }
    return texts;
  }

  @Override
  public List<ObjectNode> write(Example example) {
    return List.of(
        new LayoutRow()
            .text("query_id", example.id())
            .text("query", example.query())
            .nodes(POSITIVES, List.of(passage(example.positive())))
            .nodes(NEGATIVES, example.negatives().stream().map(TevatronLayout::passage).toList())
            .node());
  }

  private static ObjectNode passage(String text) {
    return JsonMapper.shared()
        .createObjectNode()
        .put("docid", Sha256.ofText(text).substring(0, ID_LENGTH))
        .put("title", "")
        .put("text", text);
  }

  @Override
  public SequencedMap<String, String> columns() {
    return LayoutRow.columns(
        "query_id",
        LayoutRow.TEXT,
        "query",
        LayoutRow.TEXT,
        POSITIVES,
        PASSAGES,
        NEGATIVES,
        PASSAGES);
  }

  @Override
  public List<String> drops() {
    return LayoutRow.BESIDE_TEXTS;
  }
}
