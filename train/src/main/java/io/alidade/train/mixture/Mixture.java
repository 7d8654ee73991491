package io.alidade.train.mixture;

import com.google.errorprone.annotations.MustBeClosed;
import io.alidade.core.AtomicFiles;
import io.alidade.core.UsageException;
import io.alidade.data.Rows;
import io.alidade.train.batch.Batch;
import io.alidade.train.batch.ExampleStore;
import io.alidade.train.batch.ExampleTable;
import io.alidade.train.batch.Member;
import io.alidade.train.objective.Objective;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/// All sources of a recipe as one store of examples. Their files are walked once, in which every
/// row is checked and leaves 56 bytes behind; the texts of a batch are read back when it is its
/// turn. For one thread.
///
/// Examples of the same id are one example, that of the first source.
public final class Mixture implements ExampleStore, AutoCloseable {
  private final List<OpenSource> sources = new ArrayList<>();
  private final ExampleTable table = new ExampleTable();
  private final Places places = new Places();
  private final List<String> notes = new ArrayList<>();
  private final Rules rules;

  /// What of a recipe decides whether an example can be trained on, and what it looks like.
  ///
  /// @param hardNegatives how many of an example's negatives are used
  /// @param dropout whether copies of a text differ by it
  public record Rules(Objective objective, int hardNegatives, boolean dropout, long seed) {}

  private Mixture(Rules rules) {
    this.rules = rules;
  }

  /// Opens the sources and walks their files.
  ///
  /// @param resolver paths of the recipe → paths of this process
  /// @param scratch a folder for files that are gone when this is closed
  /// @throws UsageException if the sources hold fewer than two examples
  /// @throws io.alidade.core.DataException for the first row that cannot be read or trained on
  @MustBeClosed
  public static Mixture open(
      List<DataSource> sources, UnaryOperator<Path> resolver, Rules rules, Path scratch) {
    var mixture = new Mixture(rules);
    try {
      mixture.read(sources, resolver, scratch);
      return mixture;
    } catch (RuntimeException e) {
      mixture.close();
      throw e;
    }
  }

  @SuppressWarnings("MustBeClosed") // this closes them
  private void read(List<DataSource> settings, UnaryOperator<Path> resolver, Path scratch) {
    var known = new IdSet(table);
    var shares = new Shares(table, rules.seed());
    for (DataSource source : settings) {
      Path spool = scratch.resolve("rows-" + sources.size() + AtomicFiles.PARTIAL_SUFFIX);
      Path file = resolver.apply(source.path());
      sources.add(OpenSource.open(source, file, spool, table, rules));
      var walk = new SourceWalk(sources.getLast(), sources.size() - 1, table, places, known, rules);
      notes.addAll(walk.run());
      shares.add(source);
    }
    shares.apply();
    long sights = IntStream.range(0, table.size()).mapToLong(table::times).sum();
    if (sights < 2) {
      throw new UsageException(
          "data holds %s; at least two are needed"
              .formatted(sights == 0 ? "no example" : "one example"));
    }
  }

  /// A sentence each about what a user may not expect of the data.
  public List<String> notes() {
    return List.copyOf(notes);
  }

  @Override
  public ExampleTable table() {
    return table;
  }

  /// In the order of the files, as disks like it.
  @Override
  public List<Member> read(int[] numbers, int epoch) {
    var members = new Member[numbers.length];
    IntStream.range(0, numbers.length)
        .boxed()
        .sorted(Comparator.comparingInt(i -> numbers[i]))
        .forEach(i -> members[i] = source(numbers[i]).drawn(numbers[i], epoch, places));
    return Arrays.asList(members);
  }

  private OpenSource source(int number) {
    return sources.get(places.get(number).source());
  }

  /// Counts the tokens of every example, for batches that are limited by them.
  ///
  /// @param counter the tokens of all texts of a batch
  /// @param most of a batch
  /// @throws io.alidade.core.DataException for an example that leaves no room for a second one
  public void count(ToIntFunction<Batch> counter, int most) {
    for (int number = 0; number < table.size(); number++) {
      int tokens = 0;
      for (Member member : source(number).longest(number, places)) {
        Batch alone = Batch.ofMembers(List.of(member), rules.hardNegatives());
        tokens = Math.max(tokens, counter.applyAsInt(alone));
      }
      if (2L * tokens > most) {
        throw Rows.error(
            source(number).file(),
            places.get(number).line(),
            ("the texts have %d tokens, and two such examples must fit into batch.tokens, %d; raise"
                    + " it, or lower max_tokens or the source's limits")
                .formatted(tokens, most));
      }
      table.setTokens(number, tokens);
    }
  }

  @Override
  public void close() {
    sources.forEach(OpenSource::close);
  }
}
