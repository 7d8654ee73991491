package io.alidade.model.tokenizer;

import io.alidade.core.AlidadeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// How a byte-level tokenizer cuts a text into words before it merges within them, by llama.cpp's
/// names. There every name stands for expressions that are compiled in, so that a tokenizer is
/// known only if it cuts exactly so.
final class GgufPreTokenizer {
  private static final String WORDS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|";
  private static final String REST =
      "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  /// Contractions, words with what stands before them, numbers of up to three digits.
  static final String LLAMA3_PATTERN = WORDS + "\\p{N}{1,3}" + REST;

  /// The same with every digit on its own.
  static final String QWEN2_PATTERN = WORDS + "\\p{N}" + REST;

  /// A way to cut.
  ///
  /// @param steps the pre-tokenizer's parts, as [#steps] writes them
  /// @param ignoreMerges whether a whole word that is a token is taken without merging
  private record Cut(List<String> steps, boolean ignoreMerges) {}

  private static final Map<Cut, String> NAMES =
      Map.of(
          new Cut(List.of("words"), false), "gpt-2",
          new Cut(List.of("digits", "words"), false), "smollm",
          new Cut(List.of(LLAMA3_PATTERN, "bytes"), true), "llama-bpe",
          new Cut(List.of(QWEN2_PATTERN, "bytes"), false), "qwen2");

  private GgufPreTokenizer() {}

  /// llama.cpp's name for the pre-tokenizer of a `tokenizer.json`.
  static String ggmlName(JsonNode root) {
    String normalizer = root.path("normalizer").path("type").asString("none");
    if (!normalizer.equals("none") && !normalizer.equals("NFC")) {
      throw new AlidadeException(
          "a byte-level tokenizer with normalizer \"%s\" cannot be written to GGUF: llama.cpp has none"
              .formatted(normalizer));
    }
    JsonNode preTokenizer = root.path("pre_tokenizer");
    var cut =
        new Cut(steps(preTokenizer), root.path("model").path("ignore_merges").asBoolean(false));
    String name = NAMES.get(cut);
    if (name == null) {
      throw new AlidadeException(
          "llama.cpp is not known to cut texts as this tokenizer does (pre_tokenizer %s, ignore_merges %s); known are %s"
              .formatted(
                  brief(preTokenizer),
                  cut.ignoreMerges(),
                  NAMES.values().stream().sorted().collect(Collectors.joining(", "))));
    }
    return name;
  }

  /// What llama.cpp leaves out without harm to most texts.
  static Optional<String> warning(JsonNode root) {
    return root.path("normalizer").path("type").asString("").equals("NFC")
        ? Optional.of(
            "the tokenizer composes characters (NFC), which llama.cpp does not: texts with"
                + " decomposed accents have other vectors there")
        : Optional.empty();
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
    boolean isolated =
        part.path("behavior").asString("").equals("Isolated")
            && !part.path("invert").asBoolean(false);
    return type.equals("Split") && isolated
        ? part.path("pattern").path("Regex").asString("?")
        : "?" + type;
  }

  private static String brief(JsonNode value) {
    String text = value.toString();
    return text.length() <= 200 ? text : text.substring(0, 200) + "…";
  }
}
