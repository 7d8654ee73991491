package io.alidade.data;

import io.alidade.core.Example;
import io.alidade.core.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ObjectNode;

/// The tables of sentence-transformers: anchor, positive, and as many negatives in every row.
///
/// Written are the columns `anchor`, `positive` and `negative`, or `negative_1 … negative_n`; an
/// example gives a row for each `n` of its negatives, so one without enough gives none. Columns of
/// these names are read by them; under other names the library goes by their order, and so does
/// this. Its label columns are no texts: [LabelColumns].
///
/// @param negatives how many a row has; 0 for pairs
record SentenceTransformersLayout(int negatives) implements TrainingLayout {
  private static final String ANCHOR = "anchor";
  private static final String POSITIVE = "positive";

  SentenceTransformersLayout {
    if (negatives < 0) {
      throw new UsageException("negatives a row must be 0 or more, found " + negatives);
    }
  }

  @Override
  public String label() {
    return "sentence-transformers";
  }

  @Override
  public String shape() {
    return "{anchor, positive, negative}";
  }

  @Override
  public boolean matches(JsonLine row) {
    return row.has(ANCHOR) && row.has(POSITIVE);
  }

  @Override
  public TrainingTexts read(JsonLine row) {
    TrainingTexts texts = texts(row);
    return texts.withAnnotations(List.of(LabelColumns.read(row, texts.negatives().size())));
  }

  private TrainingTexts texts(JsonLine row) {
    if (matches(row)) {
      return TrainingTexts.of(
          row.text(ANCHOR), List.of(row.text(POSITIVE)), LayoutRow.namedNegatives(row));
    }
    List<String> inputs =
        row.object().propertyNames().stream()
            .filter(column -> !LabelColumns.is(column) && row.has(column))
            .toList();
    if (inputs.size() < 2) {
      throw row.error(
          "two columns or more are needed, anchor and positive first; found " + row.columns());
    }
    var others = new ArrayList<String>();
    inputs.subList(2, inputs.size()).forEach(column -> others.addAll(row.texts(column)));
    return TrainingTexts.of(
        row.text(inputs.get(0)), List.of(row.text(inputs.get(1))), LayoutRow.filled(row, others));
  }

  @Override
  public List<ObjectNode> write(Example example) {
    int rows = negatives == 0 ? 1 : example.negatives().size() / negatives;
    return IntStream.range(0, rows).mapToObj(row -> row(example, row * negatives)).toList();
  }

  private ObjectNode row(Example example, int firstNegative) {
    var row = new LayoutRow().text(ANCHOR, example.query()).text(POSITIVE, example.positive());
    for (int i = 0; i < negatives; i++) {
      row.text(negativeColumn(i), example.negatives().get(firstNegative + i));
    }
    return row.node();
  }

  private String negativeColumn(int index) {
    return negatives == 1 ? "negative" : "negative_" + (index + 1);
  }

  @Override
  public SequencedMap<String, String> columns() {
    SequencedMap<String, String> columns =
        LayoutRow.columns(ANCHOR, LayoutRow.TEXT, POSITIVE, LayoutRow.TEXT);
    for (int i = 0; i < negatives; i++) {
      columns.put(negativeColumn(i), LayoutRow.TEXT);
    }
    return columns;
  }

  @Override
  public TrainingLayout withNegatives(int number) {
    return new SentenceTransformersLayout(number);
  }

  @Override
  public List<String> drops() {
    return LayoutRow.BESIDE_TEXTS;
  }
}
