package io.alidade.core;

import java.util.List;
import java.util.Map;

/// A training example: a query under an instruction, the text it should be near to, and texts it
/// should be far from.
///
/// @param id the [ExampleId] of kind, language, instruction, query and positive
/// @param language an ISO 639-1 code such as `de`; for bitext the pair, such as `en-de`
/// @param instruction the bare task sentence, without the template around it
/// @param negatives hard negatives, possibly none; they do not change the id
/// @param provenance where it came from, as read, such as `{"source": "alidade-sample"}`
public record Example(
    String id,
    TaskKind kind,
    String language,
    String instruction,
    String query,
    String positive,
    List<String> negatives,
    Map<String, Object> provenance) {

  public Example {
    negatives = List.copyOf(negatives);
    provenance = Map.copyOf(provenance);
  }

  /// An example with the id its content demands.
  public static Example of(
      TaskKind kind,
      String language,
      String instruction,
      String query,
      String positive,
      List<String> negatives,
      Map<String, Object> provenance) {
    String id = ExampleId.of(kind, language, instruction, query, positive);
    return new Example(id, kind, language, instruction, query, positive, negatives, provenance);
  }
}
