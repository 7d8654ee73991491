package io.alidade.mine;

import java.util.List;

/// A second look at documents that a policy would take, by something slower that knows better than
/// the teacher, such as a reranker or an LLM: a document near to a query may well be an answer that
/// nobody labelled. Threads may share it.
public interface NegativeCheck {

  /// What the check thinks of a document.
  ///
  /// @param answer whether it is one after all, and so no negative
  /// @param score on the check's own scale, higher is more of an answer
  /// @param reason for people
  record Opinion(boolean answer, double score, String reason) {}

  /// An opinion on each document, in their order. They are asked about the best first, and no more
  /// than are still needed.
  List<Opinion> opinions(Question question, List<String> documents);

  /// How many questions may be asked about at a time.
  int atOnce();
}
