package io.alidade.train.mixture;

import io.alidade.core.DataException;
import io.alidade.core.Example;
import io.alidade.data.JsonLine;
import io.alidade.data.Rows;
import io.alidade.train.batch.ExampleTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One walk through a source, which leaves its examples in the table.
final class SourceWalk {
  private final OpenSource source;
  private final DataSource settings;
  private final int number;
  private final ExampleTable table;
  private final Places places;
  private final IdSet known;
  private final Mixture.Rules rules;
  private final RowCheck check;
  private final int first;

  private long seen;
  private long unusable;
  private String firstUnusable = "";
  private long repeated;
  private long firstRepeated;
  private long withNegatives;
  private long lacking;
  private long firstLacking;

  SourceWalk(
      OpenSource source,
      int number,
      ExampleTable table,
      Places places,
      IdSet known,
      Mixture.Rules rules) {
    this.source = source;
    this.settings = source.settings();
    this.number = number;
    this.table = table;
    this.places = places;
    this.known = known;
    this.rules = rules;
    this.check = new RowCheck(settings, rules);
    this.first = table.size();
  }

  /// Walks to the end.
  ///
  /// @return a sentence about each thing that a user may not expect
  List<String> run() {
    source.rows().forEach(this::take);
    if (seen == 0) {
      throw new DataException(file(), "holds no example; one JSON object a line is needed");
    }
    group();
    return notes();
  }

  private void take(long start, JsonLine row) {
    List<Example> examples = settings.examples(row);
    for (int i = 0; i < examples.size(); i++) {
      seen++;
      Example example = examples.get(i);
      if (Shares.mayBeSeen(settings, example.id(), rules.seed()) && usable(row, example)) {
        add(example, new Place(number, start, Math.toIntExact(row.number()), i));
      }
    }
  }

  private boolean usable(JsonLine row, Example example) {
    Optional<String> reason = check.refusal(example);
    reason.ifPresent(words -> leaveOut(row.error(words)));
    return reason.isEmpty();
  }

  private void leaveOut(DataException reason) {
    if (settings.unusable() == DataSource.Unusable.REFUSE) {
      throw reason;
    }
    firstUnusable = unusable == 0 ? String.valueOf(reason.getMessage()) : firstUnusable;
    unusable++;
  }

  private void add(Example example, Place place) {
    table.add(example, settings.choice(example), settings.inBatchNegatives());
    if (!known.add(table.size() - 1)) {
      table.removeLast();
      firstRepeated = repeated == 0 ? place.line() : firstRepeated;
      repeated++;
      return;
    }
    places.add(place);
    switch (settings.pairs()) {
      case Pairing.LabelTexts _, Pairing.LabelExamples _ -> source.labels().add(example.positive());
      case Pairing.AsWritten _, Pairing.Columns _ -> countNegatives(example, place.line());
      case Pairing.Crops _ -> {}
    }
  }

  private void countNegatives(Example example, int line) {
    int negatives = example.negatives().size();
    withNegatives += negatives > 0 ? 1 : 0;
    if (negatives < rules.hardNegatives()) {
      firstLacking = lacking == 0 ? line : firstLacking;
      lacking++;
    }
  }

  /// Where examples have labels: who belongs together.
  private void group() {
    boolean examples = settings.pairs() instanceof Pairing.LabelExamples;
    if (!examples && !(settings.pairs() instanceof Pairing.LabelTexts)) {
      return;
    }
    LabelGroups labels = source.labels();
    if (labels.count() < 2) {
      throw new DataException(
          file(), "has %d label; two or more are needed".formatted(labels.count()));
    }
    labels.finish();
    for (int example = first; examples && example < table.size(); example++) {
      if (labels.lonely(example)) {
        leaveOut(
            Rows.error(
                file(),
                places.get(example).line(),
                "no other text has this label, and another is needed as the positive"));
        table.setTimes(example, 0);
      } else {
        table.setPositive(example, labels.positive(example));
      }
    }
  }

  private List<String> notes() {
    var notes = new ArrayList<String>();
    if (unusable > 0) {
      notes.add(
          "%s: %d of %d examples are left out; the first: %s"
              .formatted(file(), unusable, seen, firstUnusable));
    }
    if (repeated > 0) {
      notes.add(
          ("%s: %d of %d examples have texts and instruction of an earlier one, the first %s %d;"
                  + " each is taken once")
              .formatted(
                  file(),
                  repeated,
                  seen,
                  Rows.isParquet(file()) ? "in row" : "on line",
                  firstRepeated));
    }
    if (lacking > 0 && (withNegatives > 0 || rules.hardNegatives() > 1)) {
      notes.add(
          ("%s: %d of %d examples have fewer negatives than batch.hard_negatives, %d, the first on"
                  + " line %d; they are trained on with those they have")
              .formatted(
                  file(), lacking, table.size() - first, rules.hardNegatives(), firstLacking));
    }
    return notes;
  }

  private Path file() {
    return source.file();
  }
}
