package io.alidade.model.tokenizer;

import io.alidade.core.AlidadeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// A BPE model over characters, in which a space is `▁` and what is not in the vocabulary is bytes,
/// as SentencePiece has it and llama.cpp's model `llama`. That one knows no merges: of all
/// neighbours that together are a token it joins those first whose token has the highest score.
final class SentencePieces {
  private static final String SPACE = "▁";
  private static final Pattern BYTE = Pattern.compile("<0x[0-9A-F]{2}>");

  /// Of tokens that no merge makes, which are never joined.
  private static final float LEAST_SCORE = -1e6f;

  private final JsonNode root;
  private final Set<String> added = new HashSet<>();

  SentencePieces(JsonNode root) {
    this.root = root;
    root.path("added_tokens").forEach(token -> added.add(token.path("content").asString("")));
  }

  /// Whether the token stands for a byte that is in no other token.
  static boolean isByte(String token) {
    return BYTE.matcher(token).matches();
  }

  /// Whether a space is put before the text. The normalizer and pre-tokenizer must do nothing else
  /// but make `▁` of spaces.
  boolean addsSpace() {
    boolean prepends = false;
    boolean replaces = false;
    for (JsonNode step : steps(root.path("normalizer"), "normalizers")) {
      switch (step.path("type").asString("")) {
        case "Prepend" -> prepends = isSpace(step, "prepend");
        case "Replace" ->
            replaces =
                isSpace(step, "content")
                    && step.path("pattern").path("String").asString("").equals(" ");
        default -> throw refused("normalizer", step);
      }
    }
    for (JsonNode step : steps(root.path("pre_tokenizer"), "pretokenizers")) {
      String type = step.path("type").asString("");
      if (type.equals("Metaspace") && isSpace(step, "replacement") && !replaces) {
        replaces = true;
        prepends = prepends(step);
      } else if (!cutsNothing(step, replaces)) {
        throw refused("pre_tokenizer", step);
      }
    }
    if (!replaces) {
      throw refused("normalizer", root.path("normalizer"));
    }
    return prepends;
  }

  private static boolean prepends(JsonNode metaspace) {
    // Older files have a flag, and cut at spaces, which changes nothing: no token has one within.
    String scheme =
        metaspace
            .path("prepend_scheme")
            .asString(metaspace.path("add_prefix_space").asBoolean(true) ? "always" : "never");
    return !scheme.equals("never");
  }

  /// Gemma's pre-tokenizer cuts at spaces of which its normalizer left none.
  private static boolean cutsNothing(JsonNode step, boolean replaces) {
    return replaces
        && step.path("type").asString("").equals("Split")
        && step.path("pattern").path("String").asString("").equals(" ");
  }

  private static boolean isSpace(JsonNode step, String key) {
    return step.path(key).asString("").equals(SPACE);
  }

  private static List<JsonNode> steps(JsonNode node, String parts) {
    if (!node.isObject()) {
      return List.of();
    }
    return node.path(parts).isArray() ? node.path(parts).valueStream().toList() : List.of(node);
  }

  private static AlidadeException refused(String key, JsonNode step) {
    return new AlidadeException(
        "a tokenizer with bytes for unknown characters and %s %s cannot be written to GGUF; only one that makes ▁ of spaces can"
            .formatted(key, step));
  }

  /// The score of each token: the rank of the first merge that makes it, negated.
  ///
  /// @throws AlidadeException if these scores would join what the merges do not
  List<Float> scores(List<String> tokens) {
    List<Merges.Merge> merges = Merges.of(root.path("model"));
    var ranks = new HashMap<String, Integer>();
    for (Merges.Merge merge : merges) {
      ranks.putIfAbsent(merge.merged(), ranks.size());
    }
    requireAllBytes(tokens);
    requireAllMerges(tokens, merges, ranks);
    var scores = new ArrayList<Float>();
    for (String token : tokens) {
      scores.add(ranks.containsKey(token) ? -(float) ranks.get(token) : LEAST_SCORE);
    }
    return scores;
  }

  private static void requireAllBytes(List<String> tokens) {
    long bytes = tokens.stream().filter(SentencePieces::isByte).distinct().count();
    if (bytes != 256) {
      throw new AlidadeException(
          "the tokenizer has tokens for %d of 256 bytes, llama.cpp needs all".formatted(bytes));
    }
  }

  /// Merges must be those of all the ways in which a token is two tokens.
  private void requireAllMerges(
      List<String> tokens, List<Merges.Merge> merges, Map<String, Integer> ranks) {
    var known = new HashSet<>(merges);
    var pieces = new HashSet<>(tokens);
    for (String token : tokens) {
      for (int cut = 1; cut < token.length() && isPiece(token); cut++) {
        var merge = new Merges.Merge(token.substring(0, cut), token.substring(cut));
        boolean joined = pieces.contains(merge.left()) && pieces.contains(merge.right());
        if (joined && isPiece(merge.left()) && isPiece(merge.right()) && !known.contains(merge)) {
          throw new AlidadeException(
              "the tokenizer does not merge \"%s\" and \"%s\" to \"%s\", which llama.cpp would; such a vocabulary cannot be written to GGUF"
                  .formatted(merge.left(), merge.right(), token));
        }
      }
    }
    requireOrder(merges, ranks);
  }

  /// Ways to make one token follow each other.
  private static void requireOrder(List<Merges.Merge> merges, Map<String, Integer> ranks) {
    int last = -1;
    for (Merges.Merge merge : merges) {
      int rank = ranks.getOrDefault(merge.merged(), -1);
      if (rank < last) {
        throw new AlidadeException(
            "the tokenizer merges to \"%s\" in two places of its order, llama.cpp knows one; such a vocabulary cannot be written to GGUF"
                .formatted(merge.merged()));
      }
      last = rank;
    }
  }

  private boolean isPiece(String token) {
    return !added.contains(token) && !isByte(token);
  }
}
