package io.alidade.mine;

import io.alidade.core.Example;
import io.alidade.core.TextInput;
import java.util.Set;

/// An example that wants negatives.
///
/// @param query as training renders it
/// @param positive as training renders it; its score is what others are compared with
/// @param known texts, as [SameText] has them, that are no negatives: the query itself, and every
///   positive that the data has for it
public record Question(Example example, TextInput query, TextInput positive, Set<String> known) {
  public Question {
    known = Set.copyOf(known);
  }
}
