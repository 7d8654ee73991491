package io.alidade.data;

import io.alidade.core.Annotation;
import io.alidade.core.Example;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Our own: `{"id","kind","language","instruction","query","positive","negatives":[…],
/// "provenance":{…}}`, and in Parquet the provenance as JSON text. Where there is something to say,
/// `"score"` and `"label"` of the pair, and `"teacher_scores"` and `"documents"` with a value for
/// the positive and one for each negative.
///
/// Reads the triplets of other tools, `{"query","positive","negative"}`, too; a label column of
/// these is what [LabelColumns] says.
record OwnLayout() implements TrainingLayout {
  /// By key at every depth, since maps of Java have another order in every process.
  private static final JsonMapper SORTING =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

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
    TrainingTexts texts =
        TrainingTexts.of(
            row.text("query"), List.of(row.text("positive")), LayoutRow.namedNegatives(row));
    boolean triplet = row.has("negative") || row.has("negative_1");
    int negatives = texts.negatives().size();
    return texts
        .withInstruction(instruction)
        .withAnnotations(
            List.of(triplet ? LabelColumns.read(row, negatives) : annotation(row, negatives)));
  }

  private static Annotation annotation(JsonLine row, int negatives) {
    return new Annotation(
        row.has(Annotation.SCORE) ? Optional.of(row.number(Annotation.SCORE)) : Optional.empty(),
        row.has(Annotation.LABEL)
            ? Optional.of(row.identifier(Annotation.LABEL))
            : Optional.empty(),
        row.has(Annotation.TEACHER_SCORES)
            ? oneEach(
                row, Annotation.TEACHER_SCORES, row.numbers(Annotation.TEACHER_SCORES), negatives)
            : List.of(),
        row.has(Annotation.DOCUMENTS)
            ? oneEach(row, Annotation.DOCUMENTS, row.texts(Annotation.DOCUMENTS), negatives)
            : List.of());
  }

  private static <T> List<T> oneEach(JsonLine row, String column, List<T> values, int negatives) {
    if (values.size() != 1 + negatives) {
      throw row.error(
          "\"%s\" has %d values, but there are a positive and %d negatives"
              .formatted(column, values.size(), negatives));
    }
    return values;
  }

  @Override
  public List<ObjectNode> write(Example example) {
    var row =
        new LayoutRow()
            .text("id", example.id())
            .text("kind", example.kind().label())
            .text("language", example.language())
            .text("instruction", example.instruction())
            .text("query", example.query())
            .text("positive", example.positive())
            .texts("negatives", example.negatives());
    write(example.annotation(), row);
    ObjectNode node = row.node();
    node.set(ParquetRows.PROVENANCE, SORTING.valueToTree(example.provenance()));
    return List.of(node);
  }

  private static void write(Annotation annotation, LayoutRow row) {
    annotation.score().ifPresent(score -> row.number(Annotation.SCORE, score));
    annotation.label().ifPresent(label -> row.text(Annotation.LABEL, label));
    if (!annotation.teacherScores().isEmpty()) {
      row.numbers(Annotation.TEACHER_SCORES, annotation.teacherScores());
    }
    if (!annotation.documents().isEmpty()) {
      row.texts(Annotation.DOCUMENTS, annotation.documents());
    }
  }

  @Override
  public boolean holds(Example example) {
    return true;
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
        Annotation.SCORE,
        LayoutRow.NUMBER,
        Annotation.LABEL,
        LayoutRow.TEXT,
        Annotation.TEACHER_SCORES,
        LayoutRow.NUMBERS,
        Annotation.DOCUMENTS,
        LayoutRow.TEXTS,
        ParquetRows.PROVENANCE,
        LayoutRow.TEXT);
  }

  @Override
  public List<String> drops() {
    return List.of();
  }

  @Override
  public List<String> annotations() {
    return List.of(
        Annotation.SCORE, Annotation.LABEL, Annotation.TEACHER_SCORES, Annotation.DOCUMENTS);
  }
}
