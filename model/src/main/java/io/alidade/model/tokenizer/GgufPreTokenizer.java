package io.alidade.model.tokenizer;

import io.alidade.core.AlidadeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Finds llama.cpp's name for the way in which a byte-level tokenizer cuts a text into words before
/// it merges within them. There every name stands for expressions that are compiled in, so that a
/// tokenizer is known only if it cuts exactly as one of the [PreTokenizer]s.
final class GgufPreTokenizer {
  private final JsonNode root;

  /// @param root of a `tokenizer.json`
  GgufPreTokenizer(JsonNode root) {
    this.root = root;
  }

  /// The name.
  ///
  /// @throws AlidadeException if llama.cpp has none
  String ggmlName() {
    String normalizer = root.path("normalizer").path("type").asString("none");
    if (!normalizer.equals("none") && !normalizer.equals("NFC")) {
      throw new AlidadeException(
          "a byte-level tokenizer with normalizer \"%s\" cannot be written to GGUF: llama.cpp has none"
              .formatted(normalizer));
    }
    return known()
        .map(pre -> pre.names().getFirst())
        .orElseThrow(
            () ->
                new AlidadeException(
                    "llama.cpp is not known to cut texts as this tokenizer does (pre_tokenizer %s, ignore_merges %s); known are %s"
                        .formatted(
                            brief(root.path("pre_tokenizer")),
                            wholeWords(),
                            PreTokenizer.known())));
  }

  /// What llama.cpp does otherwise without harm to most texts.
  List<String> warnings() {
    var warnings = new ArrayList<String>();
    if (root.path("normalizer").path("type").asString("").equals("NFC")) {
      warnings.add(
          "the tokenizer composes characters (NFC), which llama.cpp does not: texts with decomposed"
              + " accents have other vectors there");
    }
    if (known().map(PreTokenizer::cutsAtCapitals).orElse(false)) {
      warnings.add(
          "the tokenizer cuts words at capital letters, of which llama.cpp knows those of ASCII"
              + " only: texts with others, or with combining marks, can have other vectors there");
    }
    return List.copyOf(warnings);
  }

  private Optional<PreTokenizer> known() {
    List<String> steps = steps(root.path("pre_tokenizer"));
    return PreTokenizer.all().stream()
        .filter(pre -> pre.wholeWords() == wholeWords() && steps(pre.json()).equals(steps))
        .findFirst();
  }

  private boolean wholeWords() {
    return root.path("model").path("ignore_merges").asBoolean(false);
  }

  private static List<String> steps(JsonNode preTokenizer) {
    var steps = new ArrayList<String>();
    if (preTokenizer.path("type").asString("").equals("Sequence")) {
      preTokenizer.path("pretokenizers").forEach(part -> steps.addAll(steps(part)));
    } else {
      steps.add(step(preTokenizer));
    }
    return steps;
  }

  /// `words` cuts as GPT-2 does, `bytes` does not cut, `digits` cuts around each digit; else the
  /// expression whose matches are words.
  private static String step(JsonNode part) {
    String type = part.path("type").asString("");
    if (type.equals("ByteLevel") && !part.path("add_prefix_space").asBoolean(true)) {
      return part.path("use_regex").asBoolean(true) ? "words" : "bytes";
    }
    if (type.equals("Digits") && part.path("individual_digits").asBoolean(false)) {
      return "digits";
    }
    String regex = part.path("pattern").path("Regex").asString("?");
    return type.equals("Split") && keepsMatches(part, regex) ? regex : "?" + type;
  }

  /// Matches and what lies between them become words, or matches alone where nothing lies between.
  private static boolean keepsMatches(JsonNode split, String regex) {
    boolean inverted = split.path("invert").asBoolean(false);
    return switch (split.path("behavior").asString("")) {
      case "Isolated" -> !inverted;
      case "Removed" -> inverted && PreTokenizer.leavesNothingOut(regex);
      default -> false;
    };
  }

  private static String brief(JsonNode value) {
    String text = value.toString();
    return text.length() <= 200 ? text : text.substring(0, 200) + "…";
  }
}
