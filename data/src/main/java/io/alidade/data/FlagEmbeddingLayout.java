package io.alidade.data;

import io.alidade.core.Annotation;
import io.alidade.core.Example;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// FlagEmbedding's `{"query","pos":[…],"neg":[…],"prompt"}`; the prompt is the instruction, around
/// which the tool's own `query_instruction_format` puts the template. A teacher's scores stand in
/// `pos_scores` and `neg_scores`.
record FlagEmbeddingLayout() implements TrainingLayout {

  private static final String POSITIVE_SCORES = "pos_scores";
  private static final String NEGATIVE_SCORES = "neg_scores";

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
    TrainingTexts texts =
        TrainingTexts.of(
            row.text("query"),
            LayoutRow.positives(row, "pos"),
            row.has("neg") ? LayoutRow.filled(row, row.texts("neg")) : List.of());
    return texts.withInstruction(instruction).withAnnotations(annotations(row, texts));
  }

  private static List<Annotation> annotations(JsonLine row, TrainingTexts texts) {
    List<Double> positives = scores(row, POSITIVE_SCORES, texts.positives());
    List<Double> negatives = scores(row, NEGATIVE_SCORES, texts.negatives());
    if (positives.isEmpty() || negatives.size() < texts.negatives().size()) {
      return texts.annotations();
    }
    return positives.stream()
        .map(positive -> Stream.concat(Stream.of(positive), negatives.stream()).toList())
        .map(Annotation::ofTeacher)
        .toList();
  }

  private static List<Double> scores(JsonLine row, String column, List<String> texts) {
    List<Double> scores = row.has(column) ? row.numbers(column) : List.of();
    if (!scores.isEmpty() && scores.size() != texts.size()) {
      throw row.error(
          "\"%s\" has %d numbers for %d texts".formatted(column, scores.size(), texts.size()));
    }
    return scores;
  }

  @Override
  public List<ObjectNode> write(Example example) {
    var row =
        new LayoutRow()
            .text("query", example.query())
            .texts("pos", List.of(example.positive()))
            .texts("neg", example.negatives());
    List<Double> scores = example.annotation().teacherScores();
    if (!scores.isEmpty()) {
      row.numbers(POSITIVE_SCORES, scores.subList(0, 1));
      row.numbers(NEGATIVE_SCORES, scores.subList(1, scores.size()));
    }
    return List.of(row.text("prompt", example.instruction()).node());
  }

  @Override
  public SequencedMap<String, String> columns() {
    return LayoutRow.columns(
        "query",
        LayoutRow.TEXT,
        "pos",
        LayoutRow.TEXTS,
        "neg",
        LayoutRow.TEXTS,
        POSITIVE_SCORES,
        LayoutRow.NUMBERS,
        NEGATIVE_SCORES,
        LayoutRow.NUMBERS,
        "prompt",
        LayoutRow.TEXT);
  }

  @Override
  public List<String> drops() {
    return LayoutRow.BESIDE_INSTRUCTION;
  }

  @Override
  public List<String> annotations() {
    return List.of(Annotation.TEACHER_SCORES);
  }
}
