package io.alidade.mine;

import io.alidade.core.TextInput;
import io.alidade.data.IdentifiedText;
import io.alidade.eval.WordIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/// Ranks by BM25 over the words of the texts; instructions are not searched for.
///
/// @param language whose stop words and endings are known; `und` for none
public record WordTeacher(String language) implements Teacher {
  private static final String POSITIVE = "positive ";

  @Override
  public void rank(Group group, int depth, BiConsumer<Question, Ranking> found) {
    List<Question> questions = group.questions();
    try (var index = WordIndex.of(documents(group.documents()), positives(questions), language)) {
      for (int i = 0; i < questions.size(); i++) {
        String query = questions.get(i).query().text();
        List<Ranking.Scored> scored =
            index.search(query, depth).stream()
                .map(hit -> new Ranking.Scored(Integer.parseInt(hit.document()), hit.score()))
                .toList();
        double positive = index.score(query, POSITIVE + i);
        found.accept(questions.get(i), new Ranking(positive, scored));
      }
    }
  }

  private static List<IdentifiedText> documents(List<TextInput> documents) {
    var texts = new ArrayList<IdentifiedText>();
    for (int i = 0; i < documents.size(); i++) {
      texts.add(new IdentifiedText(String.valueOf(i), documents.get(i).text()));
    }
    return texts;
  }

  private static List<IdentifiedText> positives(List<Question> questions) {
    var texts = new ArrayList<IdentifiedText>();
    for (int i = 0; i < questions.size(); i++) {
      texts.add(new IdentifiedText(POSITIVE + i, questions.get(i).positive().text()));
    }
    return texts;
  }
}
