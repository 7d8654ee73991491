package io.alidade.mine;

import io.alidade.core.Example;
import io.alidade.core.Progress;
import io.alidade.core.TextInput;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/// Finds negatives for all examples of a file.
public final class Mining {
  /// Where an example's provenance tells of its mined negatives.
  public static final String PROVENANCE = "mined";

  private final List<Example> examples;
  private final List<Group> groups;
  private final MiningPolicy policy;
  private final Optional<NegativeCheck> check;

  /// @param groups of these examples, as [Groups] makes them
  public Mining(List<Example> examples, List<Group> groups, MiningPolicy policy) {
    this(examples, groups, policy, Optional.empty());
  }

  private Mining(
      List<Example> examples,
      List<Group> groups,
      MiningPolicy policy,
      @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<NegativeCheck> check) {
    this.examples = List.copyOf(examples);
    this.groups = List.copyOf(groups);
    this.policy = policy;
    this.check = check;
  }

  /// The same, with a second look at what would be taken.
  public Mining checkedBy(NegativeCheck second) {
    return new Mining(examples, groups, policy, Optional.of(second));
  }

  /// All texts that a teacher has to look at, each once, in an order that depends on nothing else.
  public List<TextInput> texts() {
    Set<TextInput> texts = new LinkedHashSet<>();
    groups.forEach(group -> texts.addAll(group.texts()));
    return List.copyOf(texts);
  }

  /// The examples as they were.
  public List<Example> examples() {
    return examples;
  }

  /// Mines, and hands over each example as it is from now on with what was looked at, group by
  /// group.
  ///
  /// @param teacherName stands in the provenance of what it found
  public MiningSummary run(
      Teacher teacher, String teacherName, BiConsumer<Example, Selection> sink, Progress progress) {
    var counter = new Counter(progress);
    try (var selector =
        new Selector(
            policy,
            check,
            (question, selection) -> {
              sink.accept(mined(question.example(), selection, teacherName), selection);
              counter.count(selection);
            })) {
      for (Group group : groups) {
        teacher.rank(
            group, depth(group), (question, ranking) -> selector.select(question, group, ranking));
      }
      selector.finish();
    }
    return counter.summary();
  }

  /// What is no negative in any case has no rank, so as many more must be looked at.
  private int depth(Group group) {
    int known = group.questions().stream().mapToInt(q -> q.known().size()).max().orElse(0);
    return policy.limits().lastRank() + known;
  }

  private final class Counter {
    private final Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
    private final Progress progress;
    private int done;
    private long incomplete;

    Counter(Progress progress) {
      this.progress = progress;
    }

    void count(Selection selection) {
      selection.looked().forEach(row -> verdicts.merge(row.verdict(), 1L, Long::sum));
      incomplete += selection.negatives().size() < policy.negatives() ? 1 : 0;
      progress.update(++done, examples.size(), "examples");
    }

    MiningSummary summary() {
      return new MiningSummary(done, incomplete, verdicts);
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
