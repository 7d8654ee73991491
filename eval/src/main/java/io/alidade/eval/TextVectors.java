package io.alidade.eval;

import io.alidade.core.AlidadeException;
import io.alidade.core.Embedder;
import io.alidade.core.Progress;
import io.alidade.core.TextInput;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/// Embeds many texts: equal ones once, long ones first (so that the time left is known early and
/// the texts of a call are of like length), some hundred a call.
final class TextVectors {
  private static final int TEXTS_A_CALL = 256;

  private TextVectors() {}

  /// The vectors in the order of the inputs: `[inputs, dimensions]`. Equal inputs share an array.
  static float[][] of(Embedder embedder, List<TextInput> inputs, String what, Progress progress) {
    var distinct = new ArrayList<TextInput>(new LinkedHashSet<>(inputs));
    distinct.sort(Comparator.comparingInt((TextInput input) -> input.text().length()).reversed());
    Map<TextInput, float[]> vectors = HashMap.newHashMap(distinct.size());
    for (int from = 0; from < distinct.size(); from += TEXTS_A_CALL) {
      List<TextInput> call = distinct.subList(from, Math.min(from + TEXTS_A_CALL, distinct.size()));
      float[][] embedded = embedder.embed(call);
      for (int i = 0; i < call.size(); i++) {
        vectors.put(call.get(i), checked(embedded[i], call.get(i), embedder));
      }
      progress.update(from + call.size(), distinct.size(), what);
    }
    return inputs.stream().map(vectors::get).toArray(float[][]::new);
  }

  /// A vector that is not finite would make every comparison false and a score that looks real.
  private static float[] checked(float[] vector, TextInput input, Embedder embedder) {
    for (float x : vector) {
      if (!Float.isFinite(x)) {
        String text = input.text();
        throw new AlidadeException(
            "%s gives a vector that is not finite for the text \"%s\""
                .formatted(embedder.name(), text.substring(0, Math.min(80, text.length()))));
      }
    }
    return vector;
  }
}
