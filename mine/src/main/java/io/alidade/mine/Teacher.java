package io.alidade.mine;

import java.util.List;

/// Ranks documents for queries.
public interface Teacher {

  /// The best documents for each question of a group, in the questions' order.
  ///
  /// @param depth how many documents a question
  List<Ranking> rank(Group group, int depth);
}
