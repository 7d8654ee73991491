package io.alidade.eval.api;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a server says of an error, in any of the forms in use: `{"error": {"message": …}}`,
/// `{"error": …}`, `{"message": …}`, `{"detail": …}`, or plain text.
final class ServerMessage {
  private ServerMessage() {}

  static String of(String body) {
    try {
      JsonNode json = JsonMapper.shared().readTree(body);
      for (JsonNode said :
          new JsonNode[] {
            json.path("error").path("message"),
            json.path("error"),
            json.path("message"),
            json.path("detail")
          }) {
        if (said.isString()) {
          return said.stringValue();
        }
      }
      return json.isContainer() ? json.toString() : body;
    } catch (JacksonException _) {
      return body;
    }
  }
}
