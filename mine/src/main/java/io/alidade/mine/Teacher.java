package io.alidade.mine;

import java.util.function.BiConsumer;

/// Ranks documents for queries.
public interface Teacher {

  /// Hands over the best documents for each question of a group, in the questions' order, as they
  /// are found: all of them together may be more than memory holds.
  ///
  /// @param depth how many documents a question
  void rank(Group group, int depth, BiConsumer<Question, Ranking> found);
}
