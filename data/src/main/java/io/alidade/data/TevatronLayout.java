package io.alidade.data;

import io.alidade.core.Annotation;
import io.alidade.core.Example;
import io.alidade.core.Sha256;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
    List<Passage> positives = passages(row, POSITIVES);
    if (positives.isEmpty()) {
      throw row.error("\"%s\" must hold one passage or more".formatted(POSITIVES));
    }
    List<Passage> negatives = row.has(NEGATIVES) ? passages(row, NEGATIVES) : List.of();
    return TrainingTexts.of(
            row.text("query"),
            positives.stream().map(Passage::text).toList(),
            negatives.stream().map(Passage::text).toList())
        .withAnnotations(
            positives.stream().map(positive -> documents(positive, negatives)).toList());
  }

  /// @param id empty if it has none
  private record Passage(String id, String text) {}

  private static List<Passage> passages(JsonLine row, String column) {
    var passages = new ArrayList<Passage>();
    for (JsonNode passage : row.elements(column)) {
      String title = passage.path("title").asString("");
      String text = row.textOf(passage.path("text"), column);
      passages.add(
          new Passage(
              passage.path("docid").asString(""), title.isEmpty() ? text : title + " " + text));
    }
    return passages;
  }

  /// The passages' ids, if all have one.
  private static Annotation documents(Passage positive, List<Passage> negatives) {
    List<String> ids =
        Stream.concat(Stream.of(positive), negatives.stream()).map(Passage::id).toList();
    return ids.contains("") ? Annotation.NONE : Annotation.ofDocuments(ids);
  }

  @Override
  public List<ObjectNode> write(Example example) {
    return List.of(
        new LayoutRow()
            .text("query_id", example.id())
            .text("query", example.query())
            .nodes(POSITIVES, List.of(passage(example, 0, example.positive())))
            .nodes(
                NEGATIVES,
                IntStream.range(0, example.negatives().size())
                    .mapToObj(i -> passage(example, i + 1, example.negatives().get(i)))
                    .toList())
            .node());
  }

  /// @param place 0 for the positive, else that of a negative from 1
  private static ObjectNode passage(Example example, int place, String text) {
    List<String> documents = example.annotation().documents();
    return JsonMapper.shared()
        .createObjectNode()
        .put(
            "docid",
            documents.isEmpty()
                ? Sha256.ofText(text).substring(0, ID_LENGTH)
                : documents.get(place))
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

  @Override
  public List<String> annotations() {
    return List.of(Annotation.DOCUMENTS);
  }
}
