package io.alidade.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.AlidadeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class GgufTokenizerMetadataTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String WORDS =
      "{\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"use_regex\": true,"
          + " \"trim_offsets\": true}";
  private static final String BYTES =
      "{\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"use_regex\": false,"
          + " \"trim_offsets\": true}";
  private static final String LLAMA3 =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String QWEN2 = LLAMA3.replace("{1,3}", "");
  private static final String CASED =
      "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+END"
          + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*END"
          + "|DIGITS| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String SPACES =
      "{\"type\": \"Metaspace\", \"replacement\": \"▁\", \"prepend_scheme\": \"first\"}";

  /// With the flags that the library wants of added tokens.
  private static ObjectNode object(String json) {
    ObjectNode object = (ObjectNode) JSON.readTree(json);
    for (JsonNode token : object.path("added_tokens")) {
      for (String flag : List.of("lstrip", "rstrip", "single_word", "normalized")) {
        ((ObjectNode) token).put(flag, false);
      }
    }
    return object;
  }

  private static String sequence(String... parts) {
    return "{\"type\": \"Sequence\", \"pretokenizers\": [%s]}".formatted(String.join(",", parts));
  }

  private static String split(String pattern) {
    return JSON.writeValueAsString(
        Map.of(
            "type",
            "Split",
            "pattern",
            Map.of("Regex", pattern),
            "behavior",
            "Isolated",
            "invert",
            false));
  }

  /// Byte-level BPE of five letters, an end token and one more that is added and not special.
  private static ObjectNode byteLevel(String preTokenizer) {
    ObjectNode json =
        object(
            """
            {"added_tokens": [{"id": 0, "content": "<end>", "special": true},
                              {"id": 1, "content": "new", "special": false}],
             "normalizer": null, "post_processor": null, "decoder": null,
             "model": {"type": "BPE", "merges": [["a", "b"], ["ab", "c"]], "ignore_merges": false,
                       "vocab": {"a": 2, "b": 3, "c": 4, "ab": 5, "abc": 6}}}
            """);
    json.set("pre_tokenizer", JSON.readTree(preTokenizer));
    return json;
  }

  /// BPE over characters, with all bytes.
  private static ObjectNode sentencePieces() {
    ObjectNode json =
        object(
            """
            {"added_tokens": [{"id": 0, "content": "<unk>", "special": true},
                              {"id": 1, "content": "</s>", "special": true}],
             "normalizer": null, "post_processor": null, "decoder": null,
             "model": {"type": "BPE", "byte_fallback": true, "unk_token": "<unk>",
                       "merges": ["b c", "a b", "a bc", "ab c"], "vocab": {"<unk>": 0, "</s>": 1}}}
            """);
    json.set("pre_tokenizer", JSON.readTree(SPACES));
    var tokens = new ArrayList<>(List.of("a", "b", "c", "▁", "bc", "ab", "abc"));
    for (int i = 0; i < 256; i++) {
      tokens.add("<0x%02X>".formatted(i));
    }
    var vocabulary = (ObjectNode) json.path("model").path("vocab");
    tokens.forEach(token -> vocabulary.put(token, vocabulary.size()));
    return json;
  }

  private static GgufTokenizerMetadata of(ObjectNode json, SpecialTokens special, int rows) {
    try (Tokenizer tokenizer = Tokenizer.of(TokenizerJson.of(json), special)) {
      return GgufTokenizerMetadata.of(tokenizer, rows);
    }
  }

  private static GgufTokenizerMetadata of(ObjectNode json) {
    return of(json, SpecialTokens.endingWith(0), 8);
  }

  private static void assertRefused(ObjectNode json, String message) {
    assertThatThrownBy(() -> of(json, SpecialTokens.endingWith(0), 300))
        .isInstanceOf(AlidadeException.class)
        .hasMessageContaining(message);
  }

  @Test
  void metadata_ofByteLevel_hasTokensKindsMergesAndTheEnd() {
    Map<String, Object> metadata = of(byteLevel(WORDS)).metadata();
    assertThat(metadata)
        .containsEntry("tokenizer.ggml.model", "gpt2")
        .containsEntry("tokenizer.ggml.pre", "gpt-2")
        .containsEntry(
            "tokenizer.ggml.tokens", List.of("<end>", "new", "a", "b", "c", "ab", "abc", "[PAD7]"))
        .containsEntry("tokenizer.ggml.token_type", List.of(3, 4, 1, 1, 1, 1, 1, 5))
        .containsEntry("tokenizer.ggml.merges", List.of("a b", "ab c"))
        .containsEntry("tokenizer.ggml.eos_token_id", 0)
        .containsEntry("tokenizer.ggml.add_bos_token", false)
        .containsEntry("tokenizer.ggml.add_eos_token", true)
        .doesNotContainKey("tokenizer.ggml.bos_token_id");
  }

  @Test
  void metadata_withBegin_namesIt() {
    assertThat(of(byteLevel(WORDS), new SpecialTokens(OptionalInt.of(1), 0), 7).metadata())
        .containsEntry("tokenizer.ggml.bos_token_id", 1)
        .containsEntry("tokenizer.ggml.add_bos_token", true);
  }

  @Test
  void pre_ofKnownCuts_isLlamaCppsName() {
    String digits = "{\"type\": \"Digits\", \"individual_digits\": true}";
    ObjectNode llama3 = byteLevel(sequence(split(LLAMA3), BYTES));
    ((ObjectNode) llama3.path("model")).put("ignore_merges", true);
    ObjectNode qwen = byteLevel(sequence(split(QWEN2), BYTES));
    qwen.putObject("normalizer").put("type", "NFC");

    assertThat(pre(byteLevel(sequence(digits, WORDS)))).isEqualTo("smollm");
    assertThat(pre(llama3)).isEqualTo("llama-bpe");
    assertThat(pre(qwen)).isEqualTo("qwen2");
    assertThat(of(qwen).warnings()).singleElement().asString().contains("NFC");
    assertThat(of(llama3).warnings()).isEmpty();
  }

  /// The expressions are those that the families publish; Phi-4's and Llama 4's keep their matches
  /// alone, which are all of a text.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Isolated | false | true | \\p{N}{1,3} | llama-bpe",
        "Removed | true | false | \\p{N}{1,3} | dbrx",
        "Isolated | false | false | \\p{N} | qwen2",
      })
  void pre_ofWords_isLlamaCppsName(
      String behavior, boolean inverted, boolean wholeWords, String digits, String name) {
    ObjectNode json = published(LLAMA3.replace("\\p{N}{1,3}", digits), behavior, inverted);
    ((ObjectNode) json.path("model")).put("ignore_merges", wholeWords);
    assertThat(pre(json)).isEqualTo(name);
    assertThat(of(json).warnings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Isolated | false | true | NONE | \\p{N} | tekken",
        "Removed | true | false | CONTRACTIONS | \\p{N}{1,3} | gpt-4o",
      })
  void pre_ofCasedWords_isLlamaCppsNameWithAWarning(
      String behavior,
      boolean inverted,
      boolean wholeWords,
      String ending,
      String digits,
      String name) {
    String end = ending.equals("NONE") ? "" : "(?i:'s|'t|'re|'ve|'m|'ll|'d)?";
    String words = CASED.replace("END", end).replace("DIGITS", digits);
    ObjectNode json = published(words, behavior, inverted);
    ((ObjectNode) json.path("model")).put("ignore_merges", wholeWords);
    assertThat(pre(json)).isEqualTo(name);
    assertThat(of(json).warnings()).singleElement().asString().contains("capital letters");
  }

  private static ObjectNode published(String regex, String behavior, boolean inverted) {
    String step =
        split(regex)
            .replace("Isolated", behavior)
            .replace("\"invert\":false", "\"invert\":" + inverted);
    return byteLevel(sequence(step, BYTES));
  }

  private static Object pre(ObjectNode json) {
    return of(json).metadata().getOrDefault("tokenizer.ggml.pre", "");
  }

  @Test
  void of_unknownCut_isRefusedAndNotGuessed() {
    assertRefused(byteLevel(BYTES), "known are gpt-2, smollm, llama-bpe, llama3");
    assertRefused(byteLevel(sequence(split("\\p{L}+"), BYTES)), "\\\\p{L}+");
    ObjectNode qwen = byteLevel(sequence(split(QWEN2), BYTES));
    ((ObjectNode) qwen.path("model")).put("ignore_merges", true);
    assertRefused(qwen, "ignore_merges true");
    assertRefused(
        byteLevel(sequence(split("\\\\p{L}+").replace("Isolated", "Removed"), BYTES)),
        "is not known to cut");
    assertRefused(
        byteLevel(WORDS.replace("\"add_prefix_space\": false", "\"add_prefix_space\": true")),
        "is not known to cut");
    ObjectNode lower = byteLevel(WORDS);
    lower.putObject("normalizer").put("type", "Lowercase");
    assertRefused(lower, "normalizer \"Lowercase\"");
  }

  @Test
  void of_moreTokensThanRows_isRefused() {
    assertThatThrownBy(() -> of(byteLevel(WORDS), SpecialTokens.endingWith(0), 6))
        .isInstanceOf(AlidadeException.class)
        .hasMessageContaining("ids up to 6, the embedding matrix has 6 rows");
  }

  @Test
  void of_otherModel_isRefusedByName() {
    ObjectNode json =
        object(
            """
            {"added_tokens": [], "model": {"type": "Unigram", "unk_id": 0,
             "vocab": [["<unk>", 0.0], ["a", -1.0]]}}
            """);
    assertRefused(json, "type \"Unigram\" cannot be written to GGUF; BPE can");
  }

  /// A token's score is the rank of the first merge to it, negated, whatever the ids.
  @Test
  void metadata_ofSentencePieces_hasScoresByMerges() {
    Map<String, Object> metadata =
        of(sentencePieces(), SpecialTokens.endingWith(1), 265).metadata();
    assertThat(metadata)
        .containsEntry("tokenizer.ggml.model", "llama")
        .containsEntry("tokenizer.ggml.pre", "default")
        .containsEntry("tokenizer.ggml.add_space_prefix", true)
        .containsEntry("tokenizer.ggml.unknown_token_id", 0)
        .doesNotContainKey("tokenizer.ggml.merges");
    var types = (List<?>) metadata.getOrDefault("tokenizer.ggml.token_type", List.of());
    assertThat(types.subList(0, 10)).isEqualTo(List.of(2, 3, 1, 1, 1, 1, 1, 1, 1, 6));
    var scores = (List<?>) metadata.getOrDefault("tokenizer.ggml.scores", List.of());
    assertThat(scores.subList(6, 9)).isEqualTo(List.of(-0f, -1f, -2f));
    assertThat(scores.getFirst()).isEqualTo(-1e6f);
  }

  @ParameterizedTest
  @CsvSource({"first, true", "always, true", "never, false"})
  void addSpacePrefix_ofMetaspace_isItsScheme(String scheme, boolean expected) {
    ObjectNode json = sentencePieces();
    ((ObjectNode) json.path("pre_tokenizer")).put("prepend_scheme", scheme);
    assertThat(of(json, SpecialTokens.endingWith(1), 265).metadata())
        .containsEntry("tokenizer.ggml.add_space_prefix", expected);
  }

  @Test
  void addSpacePrefix_ofNormalizers_isWhetherTheyPrepend() {
    String replace =
        "{\"type\": \"Replace\", \"pattern\": {\"String\": \" \"}, \"content\": \"▁\"}";
    ObjectNode gemma = sentencePieces();
    gemma.set("normalizer", JSON.readTree(replace));
    gemma.set(
        "pre_tokenizer",
        JSON.readTree(
            "{\"type\": \"Split\", \"pattern\": {\"String\": \" \"},"
                + " \"behavior\": \"MergedWithPrevious\", \"invert\": false}"));
    ObjectNode llama2 = sentencePieces();
    llama2.putNull("pre_tokenizer");
    llama2.set(
        "normalizer",
        JSON.readTree(
            "{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"Prepend\", \"prepend\": \"▁\"}, %s]}"
                .formatted(replace)));
    assertThat(of(gemma, SpecialTokens.endingWith(1), 265).metadata())
        .containsEntry("tokenizer.ggml.add_space_prefix", false);
    assertThat(of(llama2, SpecialTokens.endingWith(1), 265).metadata())
        .containsEntry("tokenizer.ggml.add_space_prefix", true);
  }

  @Test
  void of_sentencePiecesThatScoresCannotSay_isRefusedByName() {
    ObjectNode missing = sentencePieces();
    ((ArrayNode) missing.path("model").path("merges")).remove(3);
    assertRefused(missing, "does not merge \"ab\" and \"c\" to \"abc\", which llama.cpp would");

    ObjectNode apart = sentencePieces();
    ArrayNode merges = (ArrayNode) apart.path("model").path("merges");
    merges.insert(0, "a bc");
    merges.remove(3);
    assertRefused(apart, "merges to \"abc\" in two places");

    ObjectNode bytes = sentencePieces();
    ((ObjectNode) bytes.path("model").path("vocab")).remove("<0x41>");
    assertRefused(bytes, "tokens for 255 of 256 bytes");

    ObjectNode cut = sentencePieces();
    cut.set("pre_tokenizer", JSON.readTree("{\"type\": \"Whitespace\"}"));
    assertRefused(cut, "pre_tokenizer {\"type\":\"Whitespace\"}");
  }
}
