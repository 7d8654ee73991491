package io.alidade.data;

import java.util.ArrayList;
import java.util.List;

/// The layouts a training line may have, told apart by their columns. Every layout gives a query,
/// one or more positives, and negatives.
enum TrainingLayout {
  /// `{"query","positive","negatives":[…]}`, our own, or with one `"negative"`.
  QUERY("query", "positive"),
  /// `{"anchor","positive","negative"}` as sentence-transformers' data sets have it.
  ANCHOR("anchor", "positive"),
  /// FlagEmbedding's `{"query","pos":[…],"neg":[…],"prompt"}`.
  FLAG_EMBEDDING("query", "pos");

  /// What an error says is allowed.
  static final String ALLOWED =
      "{query, positive, negatives}, {query, positive, negative}, {anchor, positive, negative}"
          + " or {query, pos, neg}";

  private final String queryColumn;
  private final String positiveColumn;

  TrainingLayout(String queryColumn, String positiveColumn) {
    this.queryColumn = queryColumn;
    this.positiveColumn = positiveColumn;
  }

  static TrainingLayout of(JsonLine line) {
    for (TrainingLayout layout : values()) {
      if (line.has(layout.queryColumn) && line.has(layout.positiveColumn)) {
        return layout;
      }
    }
    String missing = line.has("query") || line.has("anchor") ? "positive" : "query";
    throw line.error(
        "no column \"%s\"; found %s; allowed are %s"
            .formatted(missing, String.join(", ", line.object().propertyNames()), ALLOWED));
  }

  String query(JsonLine line) {
    return line.text(queryColumn);
  }

  List<String> positives(JsonLine line) {
    if (this != FLAG_EMBEDDING) {
      return List.of(line.text(positiveColumn));
    }
    List<String> positives = line.texts(positiveColumn);
    if (positives.isEmpty() || positives.stream().anyMatch(String::isBlank)) {
      throw line.error("\"pos\" must hold one text or more, none of them empty");
    }
    return positives;
  }

  /// The negatives; a numbered row `negative_1 … negative_n` counts too. Absent, there are none.
  List<String> negatives(JsonLine line) {
    var negatives = new ArrayList<String>();
    for (String column : line.object().propertyNames()) {
      if (isNegative(column) && line.has(column)) {
        negatives.addAll(line.texts(column));
      }
    }
    if (negatives.stream().anyMatch(String::isBlank)) {
      throw line.error("a negative is empty; a text is needed");
    }
    return negatives;
  }

  String instruction(JsonLine line, String absent) {
    return this == FLAG_EMBEDDING
        ? line.textOr("instruction", line.textOr("prompt", absent).strip())
        : line.textOr("instruction", absent);
  }

  private boolean isNegative(String column) {
    return this == FLAG_EMBEDDING
        ? column.equals("neg")
        : column.equals("negatives") || column.matches("negative(_\\d+)?");
  }
}
