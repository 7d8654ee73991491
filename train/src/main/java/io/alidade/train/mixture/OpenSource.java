package io.alidade.train.mixture;

import com.google.errorprone.annotations.MustBeClosed;
import io.alidade.core.Example;
import io.alidade.data.IndexedRows;
import io.alidade.train.batch.ExampleTable;
import io.alidade.train.batch.Instructions;
import io.alidade.train.batch.Member;
import java.nio.file.Path;
import java.util.List;

/// A source while its run lasts: reads rows back and makes of them what a batch sees.
final class OpenSource implements AutoCloseable {
  private final DataSource settings;
  private final Path file;
  private final IndexedRows rows;
  private final LabelGroups labels;
  private final Mixture.Rules rules;

  private OpenSource(
      DataSource settings, Path file, IndexedRows rows, LabelGroups labels, Mixture.Rules rules) {
    this.settings = settings;
    this.file = file;
    this.rows = rows;
    this.labels = labels;
    this.rules = rules;
  }

  @MustBeClosed
  @SuppressWarnings("MustBeClosed") // the source returned owns the rows and closes them
  static OpenSource open(
      DataSource settings, Path file, Path spool, ExampleTable table, Mixture.Rules rules) {
    return new OpenSource(
        settings, file, IndexedRows.open(file, spool), new LabelGroups(table, rules.seed()), rules);
  }

  DataSource settings() {
    return settings;
  }

  Path file() {
    return file;
  }

  IndexedRows rows() {
    return rows;
  }

  LabelGroups labels() {
    return labels;
  }

  /// An example as its row has it.
  Example row(Place place) {
    return settings.examples(rows.at(place.start(), place.line())).get(place.inRow());
  }

  /// An example as an epoch's batch has it.
  Member drawn(int number, int epoch, Places places) {
    Example row = row(places.get(number));
    Example pair =
        switch (settings.pairs()) {
          case Pairing.AsWritten _, Pairing.Columns _ -> row;
          case Pairing.Crops crops -> cropped(row, crops, epoch);
          case Pairing.LabelTexts _ ->
              texts(row, row.query(), row.positive(), labels.others(number, rules.hardNegatives()));
          case Pairing.LabelExamples _ -> ofLabel(row, number, places);
        };
    List<String> choice = settings.choice(row);
    int chosen = Instructions.pick(choice.size(), rules.seed(), epoch, row.id());
    return member(pair, choice.get(choice.size() == 1 ? 0 : chosen));
  }

  /// An example with each of its instructions, with texts at least as long as a batch may have
  /// them.
  List<Member> longest(int number, Places places) {
    Example row = row(places.get(number));
    Example pair =
        settings.pairs() instanceof Pairing.Crops ? row : drawn(number, 0, places).example();
    return settings.choice(row).stream().map(instruction -> member(pair, instruction)).toList();
  }

  private Example cropped(Example row, Pairing.Crops crops, int epoch) {
    TextUnits units = TextUnits.of(row.query());
    return texts(
        row,
        units.part(crops, 0, rules.seed(), epoch, row.id()),
        units.part(crops, 1, rules.seed(), epoch, row.id()),
        List.of());
  }

  private Example ofLabel(Example row, int number, Places places) {
    String positive = row(places.get(labels.positive(number))).query();
    List<String> negatives =
        labels.negatives(number, rules.hardNegatives()).stream()
            .map(other -> row(places.get(other)).query())
            .toList();
    return texts(row, row.query(), positive, negatives);
  }

  private static Example texts(Example row, String query, String positive, List<String> negatives) {
    return with(row, row.instruction(), query, positive, negatives);
  }

  private Member member(Example pair, String instruction) {
    TextLimits limits = settings.limits();
    Example cut =
        with(
            pair,
            instruction,
            limits.query(pair.query()),
            limits.passage(pair.positive()),
            pair.negatives().stream().map(limits::passage).toList());
    return new Member(cut, settings.inBatchNegatives(), limits.tokens());
  }

  /// With the id it had.
  private static Example with(
      Example row, String instruction, String query, String positive, List<String> negatives) {
    return new Example(
        row.id(),
        row.kind(),
        row.language(),
        instruction,
        query,
        positive,
        negatives,
        row.provenance(),
        row.annotation());
  }

  @Override
  public void close() {
    rows.close();
  }
}
