package io.alidade.eval.api;

import java.util.List;
import tools.jackson.databind.JsonNode;

/// How one kind of server is asked for vectors, and how it answers. Texts go out as they are: what
/// stands before them is the caller's part.
public interface EmbeddingProtocol {

  /// The path behind the server's address, such as `/v1/embeddings`.
  String path();

  /// The body that asks for the vectors of the texts.
  JsonNode request(List<String> texts);

  /// The vectors of an answer, in the order of the texts.
  ///
  /// @throws io.alidade.core.AlidadeException if the answer has another form, with the end of a
  ///   sentence as its message
  List<float[]> vectors(JsonNode answer);
}
