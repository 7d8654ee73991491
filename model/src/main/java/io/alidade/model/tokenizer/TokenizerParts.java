package io.alidade.model.tokenizer;

import java.util.Collection;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The parts of a `tokenizer.json` that more than one kind of tokenizer is built of.
final class TokenizerParts {
  static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private TokenizerParts() {}

  /// A whole file: no truncation, padding or post-processor.
  static ObjectNode file(
      JsonNode addedTokens,
      JsonNode normalizer,
      JsonNode preTokenizer,
      JsonNode decoder,
      JsonNode model) {
    ObjectNode json = NODES.objectNode().put("version", "1.0");
    json.putNull("truncation");
    json.putNull("padding");
    json.set("added_tokens", addedTokens);
    json.set("normalizer", normalizer);
    json.set("pre_tokenizer", preTokenizer);
    json.putNull("post_processor");
    json.set("decoder", decoder);
    json.set("model", model);
    return json;
  }

  static ObjectNode typed(String type) {
    return NODES.objectNode().put("type", type);
  }

  /// A token that texts are searched for before anything else happens to them.
  static ObjectNode addedToken(int id, String content, boolean special) {
    return NODES
        .objectNode()
        .put("id", id)
        .put("content", content)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", special);
  }

  /// Spells bytes with printable characters, after cutting by GPT-2's regular expression if wanted.
  static ObjectNode byteLevel(boolean split) {
    return typed("ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", split);
  }

  /// Cuts a text into what the regular expression matches and what lies between.
  static ObjectNode split(String regex) {
    ObjectNode split = typed("Split");
    split.putObject("pattern").put("Regex", regex);
    return split.put("behavior", "Isolated").put("invert", false);
  }

  static ObjectNode replace(String patternKind, String pattern, String content) {
    ObjectNode replace = typed("Replace");
    replace.putObject("pattern").put(patternKind, pattern);
    return replace.put("content", content);
  }

  /// The steps one after the other; just the one if it is one, `null` if there is none.
  static JsonNode sequence(String key, Collection<? extends JsonNode> steps) {
    if (steps.size() < 2) {
      return steps.stream().<JsonNode>map(step -> step).findFirst().orElse(NODES.nullNode());
    }
    ObjectNode sequence = typed("Sequence");
    sequence.putArray(key).addAll(steps);
    return sequence;
  }

  /// A BPE model without its settings for unknown characters.
  static ObjectNode bpe(List<String> tokens, ArrayNode merges) {
    ObjectNode model = typed("BPE");
    model.putNull("dropout");
    model.putNull("unk_token");
    model.putNull("continuing_subword_prefix");
    model.putNull("end_of_word_suffix");
    model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    ObjectNode vocabulary = model.putObject("vocab");
    for (int id = 0; id < tokens.size(); id++) {
      vocabulary.put(tokens.get(id), id);
    }
    model.set("merges", merges);
    return model;
  }
}
