package io.alidade.data;

import io.alidade.core.NearestName;
import io.alidade.core.UsageException;
import java.util.List;
import java.util.stream.Collectors;

/// The layouts there are.
public final class TrainingLayouts {
  /// Our own, which alone keeps everything.
  public static final TrainingLayout OWN = new OwnLayout();

  /// Every layout, in the order in which a row is tried against them.
  public static final List<TrainingLayout> ALL =
      List.of(
          OWN,
          new SentenceTransformersLayout(1),
          new GritLmLayout(),
          new FlagEmbeddingLayout(),
          new AutomodelLayout(),
          new TevatronLayout(),
          new SwiftLayout(),
          new TripletLayout(),
          new ScoredPairsLayout(),
          new TextLayout());

  private TrainingLayouts() {}

  /// The layout of that name.
  ///
  /// @throws UsageException for any other text, naming the allowed ones
  public static TrainingLayout of(String label) {
    return ALL.stream()
        .filter(layout -> layout.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    "layout \"%s\" is none of %s%s"
                        .formatted(
                            label,
                            String.join(", ", labels()),
                            NearestName.hint(label, labels()))));
  }

  /// The names of all layouts.
  public static List<String> labels() {
    return ALL.stream().map(TrainingLayout::label).toList();
  }

  /// The layout that a row's columns show.
  ///
  /// @throws io.alidade.core.DataException if they show none
  public static TrainingLayout of(JsonLine row) {
    for (TrainingLayout layout : ALL) {
      if (layout.matches(row)) {
        return layout;
      }
    }
    String missing = row.has("query") || row.has("anchor") ? "positive" : "query";
    throw row.error(
        "no column \"%s\"; found %s; allowed are %s"
            .formatted(
                missing,
                row.columns(),
                ALL.stream()
                    .map(TrainingLayout::shape)
                    .distinct()
                    .collect(Collectors.joining(", "))));
  }
}
