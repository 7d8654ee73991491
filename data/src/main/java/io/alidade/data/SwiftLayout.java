package io.alidade.data;

import io.alidade.core.Example;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// ms-swift's conversations: `{"messages":[{"role":"user","content"}],"positive_messages":[[…]],
/// "negative_messages":[[…],…]}` with exactly one positive. The text of a conversation is that of
/// its last message.
record SwiftLayout() implements TrainingLayout {
  private static final String QUERY = "messages";
  private static final String POSITIVES = "positive_messages";
  private static final String NEGATIVES = "negative_messages";
  private static final String MESSAGES = "STRUCT(\"role\" VARCHAR, content VARCHAR)[]";

  @Override
  public String label() {
    return "ms-swift";
  }

  @Override
  public String shape() {
    return "{messages, positive_messages, negative_messages}";
  }

  @Override
  public boolean matches(JsonLine row) {
    return row.has(QUERY) && row.has(POSITIVES);
  }

  @Override
  public TrainingTexts read(JsonLine row) {
    List<String> positives = conversations(row, POSITIVES);
    if (positives.size() != 1) {
      throw row.error(
          "\"%s\" must hold exactly one conversation, found %d"
              .formatted(POSITIVES, positives.size()));
    }
    return TrainingTexts.of(
        text(row, row.object().path(QUERY), QUERY),
        positives,
        row.has(NEGATIVES) ? conversations(row, NEGATIVES) : List.of());
  }

  private static List<String> conversations(JsonLine row, String column) {
    var texts = new ArrayList<String>();
    row.elements(column).forEach(messages -> texts.add(text(row, messages, column)));
    return texts;
  }

  private static String text(JsonLine row, JsonNode messages, String column) {
    if (!messages.isArray() || messages.isEmpty()) {
      throw row.error("\"%s\" must hold messages of {role, content}".formatted(column));
    }
    return row.textOf(messages.get(messages.size() - 1).path("content"), column);
  }

  @Override
  public List<ObjectNode> write(Example example) {
    return List.of(
        new LayoutRow()
            .nodes(QUERY, List.of(message(example.query())))
            .nodes(POSITIVES, List.of(conversation(example.positive())))
            .nodes(NEGATIVES, example.negatives().stream().map(SwiftLayout::conversation).toList())
            .node());
  }

  private static ArrayNode conversation(String text) {
    return JsonMapper.shared().createArrayNode().add(message(text));
  }

  private static ObjectNode message(String text) {
    return JsonMapper.shared().createObjectNode().put("role", "user").put("content", text);
  }

  @Override
  public SequencedMap<String, String> columns() {
    return LayoutRow.columns(
        QUERY, MESSAGES, POSITIVES, MESSAGES + "[]", NEGATIVES, MESSAGES + "[]");
  }

  @Override
  public List<String> drops() {
    return LayoutRow.BESIDE_TEXTS;
  }
}
