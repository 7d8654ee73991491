package io.alidade.model.folder;

import io.alidade.core.DataException;
import io.alidade.model.config.JsonObject;
import java.util.Arrays;
import java.util.Locale;

/// How a model's vectors are meant to be compared, as `similarity_fn_name` says. Alidade's vectors
/// have length 1, so that the first three rank alike.
public enum Similarity {
  COSINE,
  DOT,
  EUCLIDEAN,
  MANHATTAN;

  /// Its name in `config_sentence_transformers.json`.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Similarity read(JsonObject json) {
    String label = json.text("similarity_fn_name").orElse(COSINE.label());
    return Arrays.stream(values())
        .filter(similarity -> similarity.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new DataException(
                    json.file(),
                    "\"similarity_fn_name\" is \"%s\"; known are %s"
                        .formatted(
                            label,
                            String.join(
                                ", ", Arrays.stream(values()).map(Similarity::label).toList()))));
  }
}
