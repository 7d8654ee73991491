package io.alidade.mine;

import io.alidade.core.Sha256;
import io.alidade.mine.MiningPolicy.Pick;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
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
  public record Row(String text, int rank, double score, double positive, Verdict verdict) {
    private Row taken() {
      return new Row(text, rank, score, positive, Verdict.TAKEN);
    }
  }

  public Selection {
    negatives = List.copyOf(negatives);
    looked = List.copyOf(looked);
  }

  static Selection of(Question question, Group group, Ranking ranking, MiningPolicy policy) {
    List<String> own = policy.replace() ? List.of() : question.example().negatives();
    List<Row> judged = judged(question, group, ranking, policy, own);
    List<Row> chosen =
        judged.stream()
            .filter(row -> row.verdict == Verdict.NOT_NEEDED)
            .sorted(order(policy, question))
            .limit(Math.max(0, policy.negatives() - own.size()))
            .toList();
    var negatives = new ArrayList<>(own);
    var rows = new ArrayList<Row>();
    for (Row row : judged) {
      if (policy.pick() == Pick.TOP && negatives.size() >= policy.negatives()) {
        break;
      }
      if (chosen.contains(row)) {
        negatives.add(row.text);
        rows.add(row.taken());
      } else {
        rows.add(row);
      }
    }
    return new Selection(negatives, rows);
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
