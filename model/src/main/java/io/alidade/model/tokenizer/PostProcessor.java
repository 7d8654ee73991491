package io.alidade.model.tokenizer;

import io.alidade.core.AlidadeException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The part of `tokenizer.json` that puts special tokens around a text: `TemplateProcessing` with a
/// `single` template such as `$A <|im_end|>`, or its forerunners of BERT and RoBERTa, alone or
/// within a `Sequence`.
final class PostProcessor {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String SPECIAL = "SpecialToken";

  /// The special tokens before and after a single text.
  record Ends(OptionalInt first, OptionalInt last) {
    static final Ends NONE = new Ends(OptionalInt.empty(), OptionalInt.empty());
  }

  private PostProcessor() {}

  static ObjectNode template(SpecialTokens special, TokenizerJson json) {
    ObjectNode processor = NODES.objectNode();
    processor.put("type", "TemplateProcessing");
    ObjectNode used = NODES.objectNode();
    ArrayNode single = processor.putArray("single");
    ArrayNode pair = processor.putArray("pair");
    special.bos().ifPresent(id -> used.set(json.token(id), definition(json.token(id), id)));
    if (special.endsTexts()) {
      used.set(json.token(special.eos()), definition(json.token(special.eos()), special.eos()));
    }
    addText(single, special, json, "A", 0);
    addText(pair, special, json, "A", 0);
    addText(pair, special, json, "B", 1);
    processor.set("special_tokens", used);
    return processor;
  }

  private static void addText(
      ArrayNode template, SpecialTokens special, TokenizerJson json, String text, int type) {
    special.bos().ifPresent(id -> template.add(piece(SPECIAL, json.token(id), type)));
    template.add(piece("Sequence", text, type));
    if (special.endsTexts()) {
      template.add(piece(SPECIAL, json.token(special.eos()), type));
    }
  }

  private static ObjectNode piece(String kind, String id, int type) {
    ObjectNode piece = NODES.objectNode();
    piece.putObject(kind).put("id", id).put("type_id", type);
    return piece;
  }

  private static ObjectNode definition(String token, int id) {
    ObjectNode definition = NODES.objectNode();
    definition.put("id", token);
    definition.putArray("ids").add(id);
    definition.putArray("tokens").add(token);
    return definition;
  }

  /// @throws AlidadeException if there is more than one special token before or after the text
  static Ends ends(JsonNode processor) {
    for (JsonNode part : processor.path("processors")) {
      Ends ends = ends(part);
      if (!ends.equals(Ends.NONE)) {
        return ends;
      }
    }
    return switch (processor.path("type").asString("")) {
      case "TemplateProcessing" -> templateEnds(processor);
      // Their tokens are written as [token, id].
      case "BertProcessing", "RobertaProcessing" ->
          new Ends(id(processor.path("cls").path(1)), id(processor.path("sep").path(1)));
      default -> Ends.NONE;
    };
  }

  private static Ends templateEnds(JsonNode processor) {
    var before = new ArrayList<Integer>();
    var after = new ArrayList<Integer>();
    boolean textSeen = false;
    for (JsonNode piece : processor.path("single")) {
      if (piece.has("Sequence")) {
        textSeen = true;
      } else {
        (textSeen ? after : before).addAll(ids(processor, piece));
      }
    }
    return new Ends(single(before, "before"), single(after, "after"));
  }

  private static OptionalInt single(List<Integer> ids, String place) {
    if (ids.size() > 1) {
      throw new AlidadeException(
          "post_processor puts the %d special tokens %s %s a text; Alidade puts one at most"
              .formatted(ids.size(), ids, place));
    }
    return ids.isEmpty() ? OptionalInt.empty() : OptionalInt.of(ids.getFirst());
  }

  private static List<Integer> ids(JsonNode processor, JsonNode piece) {
    String name = piece.path(SPECIAL).path("id").asString("");
    return processor
        .path("special_tokens")
        .path(name)
        .path("ids")
        .valueStream()
        .filter(JsonNode::isInt)
        .map(JsonNode::intValue)
        .toList();
  }

  private static OptionalInt id(JsonNode id) {
    return id.isInt() ? OptionalInt.of(id.intValue()) : OptionalInt.empty();
  }
}
