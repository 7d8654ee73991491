package io.alidade.model.tokenizer;

import io.alidade.core.DataException;
import io.alidade.model.weights.GgufFile;
import io.alidade.model.weights.GgufMetadata;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Builds a tokenizer from the vocabulary and merges in a GGUF file: byte-level BPE, with the
/// pre-tokenizer that `tokenizer.ggml.pre` names.
public final class GgufTokenizer {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;

  private GgufTokenizer() {}

  public static Tokenizer read(GgufFile file) {
    GgufMetadata metadata = file.metadata();
    return Tokenizer.of(TokenizerJson.of(json(metadata)), specialTokens(metadata));
  }

  private static SpecialTokens specialTokens(GgufMetadata metadata) {
    boolean wanted =
        metadata.has("tokenizer.ggml.add_bos_token")
            && metadata.flag("tokenizer.ggml.add_bos_token");
    OptionalInt bos =
        wanted
            ? OptionalInt.of(metadata.integer("tokenizer.ggml.bos_token_id"))
            : OptionalInt.empty();
    return new SpecialTokens(bos, metadata.integer("tokenizer.ggml.eos_token_id"));
  }

  private static ObjectNode json(GgufMetadata metadata) {
    String kind = metadata.text("tokenizer.ggml.model");
    if (!kind.equals("gpt2")) {
      throw new DataException(
          metadata.file(),
          "tokenizer.ggml.model is \"%s\"; \"gpt2\" (byte-level BPE) can be read".formatted(kind));
    }
    ObjectNode json = NODES.objectNode();
    json.put("version", "1.0");
    json.putNull("truncation");
    json.putNull("padding");
    json.set("added_tokens", addedTokens(metadata));
    json.putNull("normalizer");
    json.set("pre_tokenizer", preTokenizer(metadata));
    json.putNull("post_processor");
    json.set("decoder", byteLevel());
    json.set("model", model(metadata));
    return json;
  }

  private static ObjectNode preTokenizer(GgufMetadata metadata) {
    String name = metadata.text("tokenizer.ggml.pre");
    return switch (name) {
      case "gpt-2" -> byteLevel();
      case "smollm" -> digitsThenBytes();
      default ->
          throw new DataException(
              metadata.file(),
              "tokenizer.ggml.pre is \"%s\"; \"gpt-2\" and \"smollm\" are known".formatted(name));
    };
  }

  /// As the published SmolLM2 tokenizer does: every digit is a token of its own.
  private static ObjectNode digitsThenBytes() {
    ObjectNode sequence = NODES.objectNode().put("type", "Sequence");
    ArrayNode parts = sequence.putArray("pretokenizers");
    parts.addObject().put("type", "Digits").put("individual_digits", true);
    parts.add(byteLevel());
    return sequence;
  }

  private static ObjectNode byteLevel() {
    return NODES
        .objectNode()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", true);
  }

  private static ArrayNode addedTokens(GgufMetadata metadata) {
    List<String> tokens = metadata.texts("tokenizer.ggml.tokens");
    List<Long> types = metadata.integers("tokenizer.ggml.token_type");
    if (types.size() != tokens.size()) {
      throw new DataException(
          metadata.file(),
          "has %d tokens but %d token types".formatted(tokens.size(), types.size()));
    }
    ArrayNode added = NODES.arrayNode();
    for (int id = 0; id < tokens.size(); id++) {
      long type = types.get(id);
      if (type == CONTROL || type == USER_DEFINED) {
        added
            .addObject()
            .put("id", id)
            .put("content", tokens.get(id))
            .put("single_word", false)
            .put("lstrip", false)
            .put("rstrip", false)
            .put("normalized", false)
            .put("special", type == CONTROL);
      }
    }
    return added;
  }

  private static ObjectNode model(GgufMetadata metadata) {
    ObjectNode model = NODES.objectNode().put("type", "BPE");
    model.putNull("dropout");
    model.putNull("unk_token");
    model.putNull("continuing_subword_prefix");
    model.putNull("end_of_word_suffix");
    model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    ObjectNode vocabulary = model.putObject("vocab");
    List<String> tokens = metadata.texts("tokenizer.ggml.tokens");
    for (int id = 0; id < tokens.size(); id++) {
      vocabulary.put(tokens.get(id), id);
    }
    ArrayNode merges = model.putArray("merges");
    metadata.texts("tokenizer.ggml.merges").forEach(merges::add);
    return model;
  }
}
