package io.alidade.train.mixture;

import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import io.alidade.data.JsonLine;
import io.alidade.data.TrainingDefaults;
import io.alidade.data.TrainingFile;
import java.util.List;
import java.util.Map;

/// How the rows of a source become pairs.
public sealed interface Pairing {

  /// The examples of a row. Of rows whose pair is put together later these are stand-ins, whose ids
  /// the pairs keep.
  ///
  /// @throws io.alidade.core.DataException if a column is missing or holds something else
  List<Example> examples(JsonLine row, TrainingDefaults defaults);

  /// The kind of examples whose row names none.
  default TaskKind kind() {
    return TrainingDefaults.KIND;
  }

  /// As the row says, in any of the layouts of [io.alidade.data.TrainingLayouts].
  record AsWritten() implements Pairing {
    public static AsWritten defaults() {
      return new AsWritten();
    }

    @Override
    public List<Example> examples(JsonLine row, TrainingDefaults defaults) {
      return TrainingFile.examples(row, defaults);
    }
  }

  /// Two columns, such as a page's title and its text: weak pairs, of which there are many.
  ///
  /// @see <a href="https://arxiv.org/abs/2212.03533">Wang et al., Text Embeddings by
  ///   Weakly-Supervised Contrastive Pre-training, 2022</a>, section 3.1
  record Columns(String query, String positive) implements Pairing {
    public static Columns defaults() {
      return new Columns("title", "text");
    }

    @Override
    public List<Example> examples(JsonLine row, TrainingDefaults defaults) {
      return List.of(example(row, defaults, row.text(query), row.text(positive)));
    }
  }

  /// Two parts of a text, chosen anew each epoch by seed, epoch and id. Their lengths are shares of
  /// the text's, each drawn uniformly between two bounds; they may overlap.
  ///
  /// @param column of the text
  /// @param least the shortest share, above 0
  /// @param most the longest share, at most 1
  /// @see <a href="https://arxiv.org/abs/2112.09118">Izacard et al., Unsupervised Dense Information
  ///   Retrieval with Contrastive Learning, 2021</a>, section 3.2, independent cropping, with 5 to
  ///   50 % of the text
  record Crops(String column, double least, double most) implements Pairing {
    public Crops {
      if (!(least > 0 && least <= most && most <= 1)) {
        throw new IllegalArgumentException(
            "least and most must be shares, 0 < least <= most <= 1, are %s and %s"
                .formatted(least, most));
      }
    }

    /// The paper's shares.
    public static Crops defaults() {
      return new Crops("text", 0.05, 0.5);
    }

    @Override
    public List<Example> examples(JsonLine row, TrainingDefaults defaults) {
      String text = row.text(column);
      return List.of(example(row, defaults, text, text));
    }

    /// Both sides are alike.
    @Override
    public TaskKind kind() {
      return TaskKind.STS;
    }
  }

  /// A labelled text and the text of its label; the other labels are its negatives, in an order by
  /// seed, epoch and id.
  ///
  /// @param text the text's column
  /// @param label the label's column
  /// @param names what labels are called; a label that is not among them is its own name
  record LabelTexts(String text, String label, Map<String, String> names) implements Pairing {
    public LabelTexts {
      names = Map.copyOf(names);
    }

    public static LabelTexts defaults() {
      return new LabelTexts("text", "label", Map.of());
    }

    @Override
    public List<Example> examples(JsonLine row, TrainingDefaults defaults) {
      String named = row.identifier(label);
      return List.of(example(row, defaults, row.text(text), names.getOrDefault(named, named)));
    }

    @Override
    public TaskKind kind() {
      return TaskKind.LONG_SHORT;
    }
  }

  /// A labelled text and another text of its label; texts of other labels are its negatives, all
  /// chosen by seed and id.
  ///
  /// @param text the text's column
  /// @param label the label's column
  /// @see <a href="https://arxiv.org/abs/2405.17428">Lee et al., NV-Embed, 2024</a>, the
  ///   example-based approach to labels
  record LabelExamples(String text, String label) implements Pairing {
    public static LabelExamples defaults() {
      return new LabelExamples("text", "label");
    }

    /// Text and label, as a stand-in.
    @Override
    public List<Example> examples(JsonLine row, TrainingDefaults defaults) {
      return List.of(example(row, defaults, row.text(text), row.identifier(label)));
    }

    @Override
    public TaskKind kind() {
      return TaskKind.STS;
    }
  }

  private static Example example(
      JsonLine row, TrainingDefaults defaults, String query, String positive) {
    return Example.of(
        defaults.kind(),
        row.textOr("language", defaults.language()),
        row.textOr("instruction", defaults.instruction()),
        query,
        positive,
        List.of(),
        Map.of("file", String.valueOf(row.file().getFileName()), "line", row.number()));
  }
}
