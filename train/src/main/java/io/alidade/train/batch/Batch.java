package io.alidade.train.batch;

import io.alidade.core.Annotation;
import io.alidade.core.Example;
import io.alidade.core.TextInput;
import io.alidade.train.objective.Relation;
import io.alidade.train.objective.Relation.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// The texts of one step: a query for each example, and as candidates all positives followed by all
/// hard negatives. For symmetric tasks the instruction stands on both sides.
///
/// @param ids the examples' ids, in order
/// @param relation the texts, and what belongs together
/// @param limits what each example's texts are cut to
public record Batch(List<String> ids, Relation relation, List<TokenLimits> limits) {
  public Batch {
    ids = List.copyOf(ids);
    limits = List.copyOf(limits);
  }

  /// The batch of these examples.
  ///
  /// @param hardNegatives how many of an example's negatives to use, from the first
  public static Batch of(List<Example> examples, int hardNegatives) {
    return ofMembers(examples.stream().map(Member::of).toList(), hardNegatives);
  }

  /// The batch of these examples, with what their sources say of them.
  ///
  /// @param hardNegatives how many of an example's negatives to use, from the first
  public static Batch ofMembers(List<Member> members, int hardNegatives) {
    List<Example> examples = members.stream().map(Member::example).toList();
    var queries = new ArrayList<Source>();
    var candidates = new ArrayList<Source>();
    for (int i = 0; i < examples.size(); i++) {
      Example example = examples.get(i);
      queries.add(new Source(i, example.queryInput(), ""));
      candidates.add(candidate(example, i, 0));
    }
    for (int i = 0; i < examples.size(); i++) {
      int used = Math.min(hardNegatives, examples.get(i).negatives().size());
      for (int negative = 1; negative <= used; negative++) {
        candidates.add(candidate(examples.get(i), i, negative));
      }
    }
    return new Batch(
        examples.stream().map(Example::id).toList(),
        new Relation(
            queries,
            candidates,
            examples.stream().map(example -> used(example.annotation(), hardNegatives)).toList(),
            members.stream().map(Member::inBatchNegatives).toList()),
        members.stream().map(Member::limits).toList());
  }

  /// @param place 0 for the positive, else that of a negative from 1
  private static Source candidate(Example example, int index, int place) {
    String text = place == 0 ? example.positive() : example.negatives().get(place - 1);
    List<String> documents = example.annotation().documents();
    return new Source(
        index, example.candidateInput(text), documents.isEmpty() ? "" : documents.get(place));
  }

  /// Without what is said of negatives that are not used.
  private static Annotation used(Annotation annotation, int hardNegatives) {
    return new Annotation(
        annotation.score(),
        annotation.label(),
        annotation.teacherScores().stream().limit(1L + hardNegatives).toList(),
        annotation.documents().stream().limit(1L + hardNegatives).toList());
  }

  /// One an example.
  public List<TextInput> queries() {
    return relation.queries().stream().map(Source::input).toList();
  }

  /// Positives in the examples' order, then hard negatives.
  public List<TextInput> candidates() {
    return relation.candidates().stream().map(Source::input).toList();
  }

  /// The queries' token ids, cut to what their sources say.
  public List<int[]> cutQueries(List<int[]> ids) {
    return IntStream.range(0, ids.size())
        .mapToObj(i -> TokenLimits.cut(ids.get(i), limits.get(i).query()))
        .toList();
  }

  /// The candidates' token ids, likewise.
  public List<int[]> cutCandidates(List<int[]> ids) {
    return IntStream.range(0, ids.size())
        .mapToObj(
            i ->
                TokenLimits.cut(
                    ids.get(i), limits.get(relation.candidates().get(i).example()).passage()))
        .toList();
  }
}
