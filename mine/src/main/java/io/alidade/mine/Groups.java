package io.alidade.mine;

import io.alidade.core.Example;
import io.alidade.core.TextInput;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Puts examples and the documents for them together. All texts are rendered as training renders
/// them: in symmetric kinds the instruction stands on both sides.
public final class Groups {
  private Groups() {}

  /// Groups whose documents are the positives and negatives of their own examples.
  public static List<Group> of(List<Example> examples, Within within) {
    return groups(
        examples,
        within::key,
        ofGroup -> {
          var documents = new LinkedHashMap<String, TextInput>();
          for (Example example : ofGroup) {
            add(documents, example.candidateInput(example.positive()));
            example.negatives().forEach(text -> add(documents, example.candidateInput(text)));
          }
          return documents;
        });
  }

  /// Groups whose documents are a corpus. In symmetric kinds there is a group for each instruction,
  /// since it is part of the documents.
  public static List<Group> of(List<Example> examples, List<String> corpus) {
    return groups(
        examples,
        example -> example.kind().symmetric() ? Within.INSTRUCTION.key(example) : "corpus",
        ofGroup -> {
          var documents = new LinkedHashMap<String, TextInput>();
          corpus.forEach(text -> add(documents, ofGroup.getFirst().candidateInput(text)));
          return documents;
        });
  }

  @FunctionalInterface
  private interface Key {
    String of(Example example);
  }

  @FunctionalInterface
  private interface Documents {
    Map<String, TextInput> of(List<Example> examples);
  }

  private static List<Group> groups(List<Example> examples, Key key, Documents documents) {
    Map<String, Set<String>> positives = positives(examples);
    Map<String, List<Example>> byKey = new LinkedHashMap<>();
    for (Example example : examples) {
      byKey.computeIfAbsent(key.of(example), _ -> new ArrayList<>()).add(example);
    }
    var groups = new ArrayList<Group>();
    byKey.forEach(
        (name, ofGroup) ->
            groups.add(
                new Group(
                    name,
                    ofGroup.stream().map(example -> question(example, positives)).toList(),
                    List.copyOf(documents.of(ofGroup).values()))));
    return groups;
  }

  private static Question question(Example example, Map<String, Set<String>> positives) {
    var known = new HashSet<>(positives.getOrDefault(task(example), Set.of()));
    known.add(SameText.of(example.query()));
    return new Question(
        example, example.queryInput(), example.candidateInput(example.positive()), known);
  }

  /// All positives of a query, for data may have a row for each.
  private static Map<String, Set<String>> positives(List<Example> examples) {
    Map<String, Set<String>> positives = new HashMap<>();
    for (Example example : examples) {
      positives
          .computeIfAbsent(task(example), _ -> new HashSet<>())
          .add(SameText.of(example.positive()));
    }
    return positives;
  }

  private static String task(Example example) {
    return example.instruction() + "\n" + SameText.of(example.query());
  }

  private static void add(Map<String, TextInput> documents, TextInput document) {
    if (!document.text().isBlank()) {
      documents.putIfAbsent(SameText.of(document.text()), document);
    }
  }
}
