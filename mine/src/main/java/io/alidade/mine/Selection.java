package io.alidade.mine;

import io.alidade.core.Sha256;
import io.alidade.mine.MiningPolicy.Pick;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The documents that a question gets, and why not the others.
///
/// @param negatives of the example from now on: its own that stay, then those taken
/// @param looked a row for each document that was looked at, best first
public record Selection(List<String> negatives, List<Row> looked) {

  /// A document that the teacher found.
  ///
  /// @param rank from 1 among those that can be negatives at all; 0 for the others
  /// @param score the teacher's
  /// @param positive the score of the question's positive
  /// @param opinion of the check, if it was asked
  public record Row(
      String text,
      int rank,
      double score,
      double positive,
      Verdict verdict,
      Optional<NegativeCheck.Opinion> opinion) {
    private Row(String text, int rank, double score, double positive, Verdict verdict) {
      this(text, rank, score, positive, verdict, Optional.empty());
    }

    private Row taken() {
      return new Row(text, rank, score, positive, Verdict.TAKEN);
    }

    private Row checked(NegativeCheck.Opinion opinion) {
      Verdict checked = opinion.answer() ? Verdict.FAILED_CHECK : Verdict.TAKEN;
      return new Row(text, rank, score, positive, checked, Optional.of(opinion));
    }
  }

  public Selection {
    negatives = List.copyOf(negatives);
    looked = List.copyOf(looked);
  }

  /// @param check asked about those that would be taken, in their order, until there are enough
  static Selection of(
      Question question,
      Group group,
      Ranking ranking,
      MiningPolicy policy,
      @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<NegativeCheck> check) {
    List<String> own = policy.replace() ? List.of() : question.example().negatives();
    List<Row> judged = judged(question, group, ranking, policy, own);
    List<Row> suitable =
        judged.stream()
            .filter(row -> row.verdict == Verdict.NOT_NEEDED)
            .sorted(order(policy, question))
            .toList();
    Map<Integer, Row> decided = decided(question, suitable, policy.negatives() - own.size(), check);
    var negatives = new ArrayList<>(own);
    var rows = new ArrayList<Row>();
    for (Row before : judged) {
      if (policy.pick() == Pick.TOP && negatives.size() >= policy.negatives()) {
        break;
      }
      Row row = before.rank == 0 ? before : decided.getOrDefault(before.rank, before);
      rows.add(row);
      if (row.verdict == Verdict.TAKEN) {
        negatives.add(row.text);
      }
    }
    return new Selection(negatives, rows);
  }

  /// Those that are taken, by their rank, and those that the check refused on the way. It is asked
  /// about as many as are still wanted at a time, so that none is asked about in vain.
  private static Map<Integer, Row> decided(
      Question question,
      List<Row> suitable,
      int wanted,
      @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<NegativeCheck> check) {
    Map<Integer, Row> decided = new HashMap<>();
    int taken = 0;
    int asked = 0;
    while (taken < wanted && asked < suitable.size()) {
      List<Row> next = suitable.subList(asked, Math.min(asked + wanted - taken, suitable.size()));
      for (Row row :
          check.map(each -> checked(each, question, next)).orElseGet(() -> taken(next))) {
        decided.put(row.rank, row);
        taken += row.verdict == Verdict.TAKEN ? 1 : 0;
      }
      asked += next.size();
    }
    return decided;
  }

  private static List<Row> taken(List<Row> rows) {
    return rows.stream().map(Row::taken).toList();
  }

  private static List<Row> checked(NegativeCheck check, Question question, List<Row> rows) {
    List<NegativeCheck.Opinion> opinions =
        check.opinions(question, rows.stream().map(Row::text).toList());
    var checked = new ArrayList<Row>();
    for (int i = 0; i < rows.size(); i++) {
      checked.add(rows.get(i).checked(opinions.get(i)));
    }
    return checked;
  }

  /// All up to the last rank. Those that nothing speaks against count as not needed at first.
  private static List<Row> judged(
      Question question, Group group, Ranking ranking, MiningPolicy policy, List<String> own) {
    Set<String> had = new HashSet<>(own.stream().map(SameText::of).toList());
    var rows = new ArrayList<Row>();
    int rank = 0;
    for (Ranking.Scored found : ranking.documents()) {
      String text = group.documents().get(found.document()).text();
      String same = SameText.of(text);
      double score = found.score();
      double positive = ranking.positive();
      if (question.known().contains(same)) {
        rows.add(new Row(text, 0, score, positive, Verdict.SAME_TEXT));
        continue;
      }
      if (++rank > policy.limits().lastRank()) {
        break;
      }
      Verdict verdict =
          had.contains(same)
              ? Verdict.OWN_NEGATIVE
              : policy.limits().refusal(rank, score, positive).orElse(Verdict.NOT_NEEDED);
      rows.add(new Row(text, rank, score, positive, verdict));
    }
    return rows;
  }

  private static Comparator<Row> order(MiningPolicy policy, Question question) {
    return switch (policy.pick()) {
      case TOP -> Comparator.comparingInt(Row::rank);
      case RANDOM ->
          Comparator.comparing(
              row ->
                  Sha256.ofText(policy.seed() + "\n" + question.example().id() + "\n" + row.text));
    };
  }
}
