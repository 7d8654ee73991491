package io.alidade.model.tokenizer;

import io.alidade.core.AlidadeException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// The merges of a BPE model in the order of their ranks. Files hold them as `"a b"`, newer ones as
/// `["a", "b"]`.
final class Merges {
  /// Two tokens that become one.
  record Merge(String left, String right) {
    String merged() {
      return left + right;
    }

    String text() {
      return left + " " + right;
    }
  }

  private Merges() {}

  static List<Merge> of(JsonNode model) {
    var merges = new ArrayList<Merge>();
    for (JsonNode merge : model.path("merges")) {
      merges.add(merge.isArray() ? pair(merge) : split(merge.asString("")));
    }
    return merges;
  }

  private static Merge pair(JsonNode merge) {
    return new Merge(merge.path(0).asString(""), merge.path(1).asString(""));
  }

  private static Merge split(String merge) {
    int space = merge.indexOf(' ');
    if (space < 1 || space == merge.length() - 1) {
      throw new AlidadeException("the tokenizer's merge \"%s\" is no pair".formatted(merge));
    }
    return new Merge(merge.substring(0, space), merge.substring(space + 1));
  }
}
