package io.alidade.mine;

import io.alidade.core.Example;
import io.alidade.core.Progress;
import io.alidade.core.TextInput;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;

/// Finds negatives for all examples of a file.
public final class Mining {
  /// Where an example's provenance tells of its mined negatives.
  public static final String PROVENANCE = "mined";

  private final List<Example> examples;
  private final List<Group> groups;
  private final MiningPolicy policy;

  /// @param groups of these examples, as [Groups] makes them
  public Mining(List<Example> examples, List<Group> groups, MiningPolicy policy) {
    this.examples = List.copyOf(examples);
    this.groups = List.copyOf(groups);
    this.policy = policy;
  }

  /// All texts that a teacher has to look at, each once, in an order that depends on nothing else.
  public List<TextInput> texts() {
    Set<TextInput> texts = new LinkedHashSet<>();
    groups.forEach(group -> texts.addAll(group.texts()));
    return List.copyOf(texts);
  }

  /// Mines, and hands over each example as it is from now on with what was looked at, in the order
  /// of the examples.
  ///
  /// @param teacherName stands in the provenance of what it found
  public MiningSummary run(
      Teacher teacher, String teacherName, BiConsumer<Example, Selection> sink, Progress progress) {
    Map<String, Selection> byId = HashMap.newHashMap(examples.size());
    for (Group group : groups) {
      select(group, teacher, byId);
      progress.update(byId.size(), examples.size(), "examples");
    }
    var verdicts = new EnumMap<Verdict, Long>(Verdict.class);
    long incomplete = 0;
    for (Example example : examples) {
      Selection selection = Objects.requireNonNull(byId.get(example.id()), example.id());
      selection.looked().forEach(row -> verdicts.merge(row.verdict(), 1L, Long::sum));
      incomplete += selection.negatives().size() < policy.negatives() ? 1 : 0;
      sink.accept(mined(example, selection, teacherName), selection);
    }
    return new MiningSummary(examples.size(), incomplete, verdicts);
  }

  private void select(Group group, Teacher teacher, Map<String, Selection> byId) {
    // What is no negative in any case has no rank, so as many more must be looked at.
    int known = group.questions().stream().mapToInt(q -> q.known().size()).max().orElse(0);
    List<Ranking> rankings = teacher.rank(group, policy.limits().lastRank() + known);
    for (int i = 0; i < rankings.size(); i++) {
      Question question = group.questions().get(i);
      byId.put(question.example().id(), Selection.of(question, group, rankings.get(i), policy));
    }
  }

  private static Example mined(Example example, Selection selection, String teacher) {
    long taken = selection.looked().stream().filter(row -> row.verdict() == Verdict.TAKEN).count();
    if (selection.negatives().equals(example.negatives())) {
      return example;
    }
    var provenance = new LinkedHashMap<>(example.provenance());
    provenance.put(PROVENANCE, Map.of("teacher", teacher, "negatives", taken));
    return example.withNegatives(selection.negatives()).withProvenance(provenance);
  }
}
