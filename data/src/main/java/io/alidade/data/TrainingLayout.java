package io.alidade.data;

import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import io.alidade.core.UsageException;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import tools.jackson.databind.node.ObjectNode;

/// How one tool lays training examples out in rows: which columns hold the query, the positives and
/// the negatives.
public sealed interface TrainingLayout
    permits OwnLayout,
        TripletLayout,
        ScoredPairsLayout,
        TextLayout,
        SentenceTransformersLayout,
        FlagEmbeddingLayout,
        GritLmLayout,
        TevatronLayout,
        SwiftLayout,
        AutomodelLayout {

  /// The name that people give.
  String label();

  /// The columns, as an error names them.
  String shape();

  /// Whether a row has this layout's columns.
  boolean matches(JsonLine row);

  /// What the row says.
  ///
  /// @throws io.alidade.core.DataException if a column is missing or holds something else
  TrainingTexts read(JsonLine row);

  /// The kind of examples whose row names none; mostly what the caller says.
  default Optional<TaskKind> kind() {
    return Optional.empty();
  }

  /// Whether a query is its own positive, on purpose.
  default boolean copies() {
    return false;
  }

  /// Whether the layout's columns say the truth about an example. Those of positives hold no pairs
  /// that are graded as something else.
  default boolean holds(Example example) {
    return example.related();
  }

  /// The rows of an example that it holds: none if the layout has no place for it, more if it holds
  /// fewer negatives a row.
  List<ObjectNode> write(Example example);

  /// The columns of the rows written, with their types in Parquet, in DuckDB's words.
  SequencedMap<String, String> columns();

  /// The same layout with so many negatives in each row.
  ///
  /// @throws UsageException if the layout has no such choice
  default TrainingLayout withNegatives(int negatives) {
    if (negatives == 1) {
      return this;
    }
    throw new UsageException(
        "the number of negatives a row is for sentence-transformers only; leave it out");
  }

  /// Which of an example's values beside the texts the rows written have no place for.
  List<String> drops();

  /// What of an example's [io.alidade.core.Annotation] the rows written do have a place for.
  default List<String> annotations() {
    return List.of();
  }
}
