package io.alidade.data;

import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import tools.jackson.databind.node.ObjectNode;

/// `{"text"}`: texts that nothing is known of. Each is its own positive, which training tells apart
/// by dropout alone.
///
/// @see <a href="https://arxiv.org/abs/2104.08821">Gao et al., SimCSE, 2021</a>, section 3
record TextLayout() implements TrainingLayout {
  private static final String COLUMN = "text";

  @Override
  public String label() {
    return "texts";
  }

  @Override
  public String shape() {
    return "{text}";
  }

  @Override
  public boolean matches(JsonLine row) {
    return row.has(COLUMN) && !row.has("query") && !row.has("anchor");
  }

  @Override
  public TrainingTexts read(JsonLine row) {
    String text = row.text(COLUMN);
    return TrainingTexts.of(text, List.of(text), List.of());
  }

  /// Both sides are the same, template included.
  @Override
  public Optional<TaskKind> kind() {
    return Optional.of(TaskKind.STS);
  }

  @Override
  public boolean copies() {
    return true;
  }

  @Override
  public boolean holds(Example example) {
    return example.query().equals(example.positive()) && example.negatives().isEmpty();
  }

  @Override
  public List<ObjectNode> write(Example example) {
    return List.of(new LayoutRow().text(COLUMN, example.query()).node());
  }

  @Override
  public SequencedMap<String, String> columns() {
    return LayoutRow.columns(COLUMN, LayoutRow.TEXT);
  }

  @Override
  public List<String> drops() {
    return LayoutRow.BESIDE_TEXTS;
  }
}
