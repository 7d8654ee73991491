package io.alidade.train.mixture;

import com.google.errorprone.annotations.MustBeClosed;
import io.alidade.core.recipe.RecipeBinder;
import io.alidade.core.recipe.RecipeTree;
import io.alidade.train.batch.Member;
import io.alidade.train.objective.InfoNce;
import io.alidade.train.objective.Objective;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Sources as recipes give them, over files in a folder.
record SourceFiles(Path folder) {

  /// Writes numbered lines.
  ///
  /// @param row with a `%1$d` where the number stands
  SourceFiles write(String name, int rows, String row) throws IOException {
    return write(name, IntStream.range(0, rows).mapToObj(row::formatted).toList());
  }

  SourceFiles write(String name, List<String> lines) throws IOException {
    Files.write(folder.resolve(name), lines);
    return this;
  }

  static DataSource source(String yaml) {
    return new RecipeBinder("recipe.yaml")
        .bind(DataSource.class, RecipeTree.parse(Path.of("recipe.yaml"), yaml));
  }

  @MustBeClosed
  Mixture open(String... sources) {
    return open(new Mixture.Rules(InfoNce.defaults(), 2, false, 42), sources);
  }

  /// For sources that cannot be opened.
  void openAndClose(String... sources) {
    try (Mixture mixture = open(sources)) {
      mixture.notes();
    }
  }

  @MustBeClosed
  Mixture open(Objective objective, String source) {
    return open(new Mixture.Rules(objective, 2, false, 42), source);
  }

  @MustBeClosed
  Mixture open(Mixture.Rules rules, String... sources) {
    List<DataSource> bound = List.of(sources).stream().map(SourceFiles::source).toList();
    return Mixture.open(bound, folder::resolve, rules, folder);
  }

  /// All examples of a mixture in the table's order.
  static List<Member> all(Mixture mixture, int epoch) {
    return mixture.read(IntStream.range(0, mixture.table().size()).toArray(), epoch);
  }

  /// How often each is seen.
  static List<Integer> times(Mixture mixture) {
    var times = new ArrayList<Integer>();
    for (int i = 0; i < mixture.table().size(); i++) {
      times.add(mixture.table().times(i));
    }
    return times;
  }
}
