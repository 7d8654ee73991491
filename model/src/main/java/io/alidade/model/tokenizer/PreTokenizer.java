package io.alidade.model.tokenizer;

import static io.alidade.model.tokenizer.TokenizerParts.NODES;
import static io.alidade.model.tokenizer.TokenizerParts.byteLevel;
import static io.alidade.model.tokenizer.TokenizerParts.sequence;
import static io.alidade.model.tokenizer.TokenizerParts.split;
import static io.alidade.model.tokenizer.TokenizerParts.typed;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How a family cuts a text into words before byte-level BPE, by the names that GGUF has for it in
/// `tokenizer.ggml.pre`. GGUF leaves the rules to the reader; these are those of the
/// `tokenizer.json` that each family publishes.
///
/// @param composes whether characters are composed first, as Unicode's NFC
/// @param wholeWords whether a word that is a token becomes it even where no merges lead there
/// @param beginsTexts whether a begin token is wanted where the file does not say
record PreTokenizer(
    List<String> names,
    List<ObjectNode> steps,
    boolean composes,
    boolean wholeWords,
    boolean beginsTexts) {
  private static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
  private static final String LEAD = "[^\\r\\n\\p{L}\\p{N}]?";
  private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String SPACES = "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String GPT2 =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

  private static final List<PreTokenizer> ALL =
      List.of(
          of(List.of("gpt-2"), byteLevel(true)),
          of(List.of("smollm"), typed("Digits").put("individual_digits", true), byteLevel(true)),
          words(List.of("llama-bpe", "llama3", "llama-v3"), "\\p{N}{1,3}").withWholeWords(),
          // Phi-4 has the words of DBRX.
          words(List.of("dbrx", "smaug-bpe"), "\\p{N}{1,3}"),
          // Qwen3 has the words of Qwen2.
          words(List.of("qwen2"), "\\p{N}").composed(),
          // Mistral since NeMo.
          casedWords(List.of("tekken"), "", "\\p{N}").withWholeWords(),
          // Phi-4-mini and Llama 4 have the words of GPT-4o.
          casedWords(List.of("gpt-4o", "llama4"), CONTRACTIONS + "?", "\\p{N}{1,3}"),
          // What llama.cpp does where its converter knew no better.
          of(
              List.of("default"),
              split("[\\p{P}\\$\\+<=>\\^~\\|]+"),
              split(GPT2),
              split("\\p{N}+"),
              split("[0-9][0-9][0-9]"),
              byteLevel(false)));

  static Optional<PreTokenizer> named(String name) {
    return ALL.stream().filter(each -> each.names.contains(name)).findFirst();
  }

  /// All that are known.
  static List<PreTokenizer> all() {
    return ALL;
  }

  /// All names, for messages.
  static String known() {
    return ALL.stream().flatMap(each -> each.names.stream()).collect(Collectors.joining(", "));
  }

  private static PreTokenizer of(List<String> names, ObjectNode... steps) {
    return new PreTokenizer(names, List.of(steps), false, false, false);
  }

  private static PreTokenizer words(List<String> names, String digits) {
    return regex(
        names, CONTRACTIONS, LEAD + "\\p{L}+", digits, " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*", SPACES);
  }

  /// As [#words], but a word ends before a capital letter.
  private static PreTokenizer casedWords(List<String> names, String ending, String digits) {
    return regex(
        names,
        LEAD + UPPER + "*" + LOWER + "+" + ending,
        LEAD + UPPER + "+" + LOWER + "*" + ending,
        digits,
        " ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*",
        SPACES);
  }

  private static PreTokenizer regex(List<String> names, String... alternatives) {
    return of(names, split(String.join("|", alternatives)), byteLevel(false));
  }

  /// Whether an expression of this family matches every character, whatever the text.
  static boolean leavesNothingOut(String regex) {
    return regex.contains("\\p{L}") && regex.endsWith(SPACES);
  }

  /// Whether a word ends before a capital letter.
  boolean cutsAtCapitals() {
    return steps.getFirst().path("pattern").path("Regex").asString("").contains(UPPER);
  }

  private PreTokenizer composed() {
    return new PreTokenizer(names, steps, true, wholeWords, beginsTexts);
  }

  /// Those that need no merges for a word also begin every text.
  private PreTokenizer withWholeWords() {
    return new PreTokenizer(names, steps, composes, true, true);
  }

  JsonNode normalizer() {
    return composes ? typed("NFC") : NODES.nullNode();
  }

  JsonNode json() {
    return sequence("pretokenizers", steps);
  }
}
