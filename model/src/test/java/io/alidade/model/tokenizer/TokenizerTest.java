package io.alidade.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.alidade.core.AlidadeException;
import io.alidade.core.DataException;
import io.alidade.model.weights.GgufFile;
import io.alidade.testkit.tiny.GgufBuilder;
import io.alidade.testkit.tiny.TinyTokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class TokenizerTest {
  @TempDir Path folder;

  private Tokenizer tiny(String pre) {
    Path path = folder.resolve("tiny.gguf");
    TinyTokenizer.addTo(new GgufBuilder(), pre).write(path);
    try (var file = GgufFile.open(path)) {
      return GgufTokenizer.read(file);
    }
  }

  @Test
  void encode_anyText_endsWithEos() {
    try (var tokenizer = tiny("smollm")) {
      assertThat(tokenizer.tokens(tokenizer.encode("the the\n", 100)))
          .containsExactly("the", "Ġthe", "Ċ", "<|im_end|>");
      assertThat(tokenizer.encode("", 100)).containsExactly(TinyTokenizer.EOS);
    }
  }

  @Test
  void encode_longText_isCutBeforeEos() {
    try (var tokenizer = tiny("smollm")) {
      assertThat(tokenizer.tokens(tokenizer.encode("the the the", 3)))
          .containsExactly("the", "Ġthe", "<|im_end|>");
      assertThat(tokenizer.encode("the", 1)).containsExactly(TinyTokenizer.EOS);
      assertThatThrownBy(() -> tokenizer.encode("the", 0))
          .hasMessageContaining("maxTokens 0 leaves no room");
    }
  }

  @Test
  void encodeAll_ofTexts_equalsEncodingEach() {
    var texts = List.of("the", "", "a long text with the words ab ab", "12 12");
    try (var tokenizer = tiny("smollm")) {
      List<int[]> all = tokenizer.encodeAll(texts, 8);
      for (int i = 0; i < texts.size(); i++) {
        assertThat(all.get(i)).isEqualTo(tokenizer.encode(texts.get(i), 8));
      }
      assertThat(tokenizer.encodeAll(List.of(), 8)).isEmpty();
    }
  }

  @Test
  void encode_digits_areSplitOnlyBySmollm() {
    try (var smollm = tiny("smollm")) {
      assertThat(smollm.tokens(smollm.encode("12", 9))).containsExactly("1", "2", "<|im_end|>");
    }
    try (var gpt2 = tiny("gpt-2")) {
      assertThat(gpt2.tokens(gpt2.encode("12", 9))).containsExactly("12", "<|im_end|>");
    }
  }

  @Test
  void encode_halfASurrogatePair_countsAsReplacementCharacter() {
    try (var tokenizer = tiny("smollm")) {
      assertThat(tokenizer.encode("a\uD83Db", 9)).isEqualTo(tokenizer.encode("a\uFFFDb", 9));
    }
  }

  @Test
  void decode_ofEncoded_givesTheTextBack() {
    try (var tokenizer = tiny("smollm")) {
      String text = "the 12 ab:\n {the} ";
      assertThat(tokenizer.decode(tokenizer.encode(text, 100))).isEqualTo(text);
    }
  }

  @Test
  void read_unknownPreTokenizer_isRefusedByName() {
    assertThatThrownBy(() -> tiny("gpt-5"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "tokenizer.ggml.pre is \"gpt-5\"; known are gpt-2, smollm, llama-bpe");
  }

  @Test
  void read_unknownKind_isRefusedByName() {
    Path path = folder.resolve("kind.gguf");
    new GgufBuilder().text("tokenizer.ggml.model", "rwkv").write(path);
    try (var file = GgufFile.open(path)) {
      assertThatThrownBy(() -> GgufTokenizer.read(file).close())
          .isInstanceOf(DataException.class)
          .hasMessageContaining(
              "tokenizer.ggml.model is \"rwkv\"; bert, gpt2, llama and t5 are known");
    }
  }

  @Test
  void encode_longestText_takesTimeInProportion() {
    try (var tokenizer = tiny("smollm")) {
      String text = "a".repeat(1 << 20);
      assertTimeoutPreemptively(
          Duration.ofMinutes(1),
          () -> assertThat(tokenizer.encode(text, 8)).hasSize(8).endsWith(TinyTokenizer.EOS));
    }
  }

  @Test
  void json_read_hasThePostProcessorAndNoLimits() {
    try (var tokenizer = tiny("smollm")) {
      String text = tokenizer.json().text();
      assertThat(text).contains("\"TemplateProcessing\"").contains("\"truncation\":null");
      assertThat(TokenizerJson.parse(text).ends())
          .isEqualTo(new PostProcessor.Ends(OptionalInt.empty(), OptionalInt.of(2)));
    }
  }

  @Test
  void load_unknownTokenThatIsNone_isRefused() throws Exception {
    try (var tokenizer = tiny("smollm")) {
      ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(tokenizer.json().text());
      json.withObject("model").put("unk_token", "<none>");
      Path file = Files.writeString(folder.resolve("tokenizer.json"), json.toString());
      assertThatThrownBy(() -> Tokenizer.load(file, tokenizer.specialTokens()).close())
          .isInstanceOf(DataException.class)
          .hasMessageContaining("tokenizer.json")
          .hasMessageContaining("\"<none>\", which is not in its vocabulary");
    }
  }

  @Test
  void load_fileWithItsOwnTruncation_ignoresIt() throws Exception {
    try (var tokenizer = tiny("smollm")) {
      String limited =
          tokenizer
              .json()
              .text()
              .replace(
                  "\"truncation\":null",
                  "\"truncation\":{\"direction\":\"Right\",\"max_length\":2,"
                      + "\"strategy\":\"LongestFirst\",\"stride\":0}")
              .replace(
                  "\"padding\":null",
                  "\"padding\":{\"strategy\":{\"Fixed\":64},\"direction\":\"Left\","
                      + "\"pad_to_multiple_of\":null,\"pad_id\":0,\"pad_type_id\":0,"
                      + "\"pad_token\":\"<|endoftext|>\"}");
      Path file = Files.writeString(folder.resolve("tokenizer.json"), limited);
      try (var loaded = Tokenizer.load(file, tokenizer.specialTokens())) {
        assertThat(loaded.encode("the the the the", 100))
            .isEqualTo(tokenizer.encode("the the the the", 100))
            .hasSize(5);
        assertThat(loaded.json().text()).isEqualTo(tokenizer.json().text());
      }
    }
  }

  @Test
  void encode_withBos_putsItFirstAndCountsIt() {
    try (var tokenizer = tiny("smollm");
        var both = Tokenizer.of(tokenizer.json(), new SpecialTokens(OptionalInt.of(1), 2))) {
      assertThat(both.tokens(both.encode("the the the", 4)))
          .containsExactly("<|im_start|>", "the", "Ġthe", "<|im_end|>");
      assertThat(both.json().ends())
          .isEqualTo(new PostProcessor.Ends(OptionalInt.of(1), OptionalInt.of(2)));
    }
  }

  @Test
  void of_eosOutsideTheVocabulary_isRefused() {
    try (var tokenizer = tiny("smollm")) {
      TokenizerJson json = tokenizer.json();
      assertThatThrownBy(() -> Tokenizer.of(json, SpecialTokens.endingWith(5000)).close())
          .isInstanceOf(AlidadeException.class)
          .hasMessageContaining("special token 5000 is none of the tokenizer's 104 tokens");
    }
  }

  @Test
  void load_noTokenizer_namesTheFile() throws Exception {
    Path file = Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": 3}");
    assertThatThrownBy(() -> Tokenizer.load(file, SpecialTokens.endingWith(2)).close())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("tokenizer.json: no tokenizer");
  }
}
