package io.alidade.synth.llama;

import de.kherud.llama.LlamaModel;
import io.alidade.synth.llm.ChatRequest;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The grammar that an answer must follow, in llama.cpp's own language.
///
/// A small model forgets to end, and then its whole answer is lost. So each text gets its share of
/// the characters that the greatest length surely holds, and ends there at the latest.
final class AnswerGrammar {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// Fewer than a token has on average in any language that a model knows well.
  private static final int CHARACTERS_PER_TOKEN = 3;

  /// As many as any prompt asks for.
  private static final int LIST_LENGTH = 20;

  private AnswerGrammar() {}

  /// The grammar of a request's answer; none where the prompt alone says what is wanted.
  static Optional<String> of(ChatRequest request) {
    return switch (request.llm().output()) {
      case JSON_SCHEMA -> Optional.of(grammar(bounded(request)));
      case JSON_OBJECT -> Optional.of(grammar("{\"type\":\"object\"}"));
      case TEXT -> Optional.empty();
    };
  }

  private static String bounded(ChatRequest request) {
    ChatRequest.Shape shape = request.shape();
    int texts = shape.keys().size() * (shape.lists() ? LIST_LENGTH : 1);
    int characters = Math.max(1, request.llm().maxTokens() * CHARACTERS_PER_TOKEN / texts);
    JsonNode schema = JSON.readTree(shape.schema());
    for (JsonNode property : schema.path("properties")) {
      ObjectNode text = (ObjectNode) property;
      if (shape.lists()) {
        text.put("minItems", 1).put("maxItems", LIST_LENGTH);
        text = (ObjectNode) property.required("items");
      }
      if (!text.has("enum")) {
        text.put("minLength", 1).put("maxLength", characters);
      }
    }
    return schema.toString();
  }

  /// llama.cpp lets white space of any amount stand between the parts of JSON, which a small model
  /// goes on with until its tokens are used up; one blank is enough.
  private static String grammar(String schema) {
    return LlamaModel.jsonSchemaToGrammar(schema)
        .replaceFirst("(?m)^space ::= .*$", "space ::= \" \"?");
  }
}
