package io.alidade.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.AtomicFiles;
import io.alidade.core.DataException;
import io.alidade.testkit.Golden;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The vocabulary is Llama's in small: `<unk>` 0, `<s>` 1, `</s>` 2.
class TokenizerFolderTest {
  private static final int[] THE_BOATS = {269, 353};

  /// As e5-mistral-7b-instruct publishes it.
  private static final String E5_MISTRAL =
      """
      {"add_bos_token": true, "add_eos_token": true, "bos_token": "<s>",
       "eos_token": {"content": "</s>", "lstrip": false}, "legacy": true,
       "model_max_length": 1000000000000000019884624838656}""";

  private static final String BEGIN_ONLY =
      """
      {"type": "TemplateProcessing",
       "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
                  {"Sequence": {"id": "A", "type_id": 0}}],
       "pair": [],
       "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}}""";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir Path folder;

  private Path sentencePiece() {
    return Golden.file("tokenizers/spm-llama/tokenizer.model", folder);
  }

  private void write(String name, String text) {
    AtomicFiles.writeText(folder.resolve(name), text);
  }

  /// Puts a `tokenizer.json` with this post-processor in place of `tokenizer.model`.
  private void writeJson(String postProcessor) throws IOException {
    Path model = sentencePiece();
    try (var tokenizer = TokenizerFolder.read(folder)) {
      var json = (ObjectNode) JSON.readTree(tokenizer.json().text());
      json.set("post_processor", JSON.readTree(postProcessor));
      write("tokenizer.json", json.toString());
    }
    Files.delete(model);
  }

  private static int[] ids(int... ids) {
    return ids;
  }

  @Test
  void read_filesOfE5Mistral_putsBeginAndEndAroundTexts() throws Exception {
    writeJson(BEGIN_ONLY);
    write("tokenizer_config.json", E5_MISTRAL);
    try (var tokenizer = TokenizerFolder.read(folder)) {
      assertThat(tokenizer.encode("the boats", 99)).isEqualTo(ids(1, 269, 353, 2));
      assertThat(tokenizer.encode("", 99)).isEqualTo(ids(1, 2));
      assertThat(tokenizer.encode("the boats", 3)).isEqualTo(ids(1, 269, 2));
      assertThat(tokenizer.endsTextsItself()).isFalse();
      assertThat(tokenizer.json().ends())
          .isEqualTo(new PostProcessor.Ends(OptionalInt.of(1), OptionalInt.of(2)));
    }
  }

  @Test
  void read_begin_isThatOfPostProcessorOrConfig() throws Exception {
    writeJson("null");
    write("tokenizer_config.json", "{\"bos_token\": \"<s>\", \"eos_token\": \"</s>\"}");
    try (var tokenizer = TokenizerFolder.read(folder)) {
      assertThat(tokenizer.encode("the boats", 99)).isEqualTo(ids(269, 353, 2));
    }
    write(
        "tokenizer_config.json",
        "{\"bos_token\": \"<s>\", \"eos_token\": \"</s>\", \"add_bos_token\": true}");
    try (var tokenizer = TokenizerFolder.read(folder)) {
      assertThat(tokenizer.encode("the boats", 99)).isEqualTo(ids(1, 269, 353, 2));
    }
  }

  @Test
  void read_pieceTwice_isRefusedWithBothIds() throws Exception {
    Path model = sentencePiece();
    String content = Files.readString(model, StandardCharsets.ISO_8859_1);
    byte[] space = "\u2581".getBytes(StandardCharsets.UTF_8);
    assertThat(content).contains("\n\u0003<s>");
    Files.writeString(
        model,
        content.replace("<s>", new String(space, StandardCharsets.ISO_8859_1)),
        StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> TokenizerFolder.read(folder).close())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("tokenizer.model")
        .hasMessageMatching("(?s).*has the piece \"\u2581\" twice, as 1 and \\d+; .*");
  }

  @Test
  void read_addedTokenThatIsAPiece_isRefusedWithBothIds() {
    sentencePiece();
    write("added_tokens.json", "{\"<s>\": 5}");
    assertThatThrownBy(() -> TokenizerFolder.read(folder).close())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("has the piece \"<s>\" as 1, but the files beside it add it as 5");
  }

  @Test
  void read_endToken_isFoundInEachFile() throws Exception {
    writeJson("null");
    assertThatThrownBy(() -> TokenizerFolder.read(folder).close())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("names no end token");
    write("config.json", "{\"eos_token_id\": 2}");
    assertEnd(2);
    write("special_tokens_map.json", "{\"eos_token\": \"<s>\"}");
    assertEnd(1);
    write("tokenizer_config.json", "{\"eos_token\": \"<unk>\"}");
    assertEnd(0);
    write("tokenizer_config.json", "{\"eos_token\": \"<end>\"}");
    assertThatThrownBy(() -> TokenizerFolder.read(folder).close())
        .hasMessageContaining("the special token \"<end>\" is not in the vocabulary");
  }

  private void assertEnd(int id) {
    try (var tokenizer = TokenizerFolder.read(folder)) {
      assertThat(tokenizer.encode("the boats", 99)).endsWith(id);
    }
  }

  @Test
  void read_postProcessorOfRoberta_isUnderstood() throws Exception {
    writeJson(
        """
        {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 1],
         "trim_offsets": true, "add_prefix_space": false}""");
    try (var tokenizer = TokenizerFolder.read(folder)) {
      assertThat(tokenizer.encode("the boats", 99)).isEqualTo(ids(1, 269, 353, 2));
      assertThat(tokenizer.endsTextsItself()).isTrue();
    }
  }

  @Test
  void read_twoTokensAfterTexts_isRefused() throws Exception {
    String end = "{\"SpecialToken\": {\"id\": \"<s>\", \"type_id\": 0}}";
    writeJson(
        BEGIN_ONLY.replace(
            "{\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}",
            "{\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}, " + end + ", " + end));
    assertThatThrownBy(() -> TokenizerFolder.read(folder).close())
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "tokenizer.json: post_processor puts the 2 special tokens [1, 1] after");
  }

  @Test
  void read_bothFiles_takesTokenizerJson() throws Exception {
    writeJson("null");
    sentencePiece();
    write("tokenizer_config.json", "{\"eos_token\": \"<unk>\"}");
    try (var tokenizer = TokenizerFolder.read(folder)) {
      // Of the model alone there would be a begin token.
      assertThat(tokenizer.encode("the boats", 99)).isEqualTo(ids(269, 353, 0));
    }
  }

  @Test
  void read_sentencePieceModel_beginsAndEndsWithItsOwnTokens() {
    sentencePiece();
    try (var tokenizer = TokenizerFolder.read(folder)) {
      assertThat(tokenizer.encode("the boats", 99)).isEqualTo(ids(1, 269, 353, 2));
      assertThat(tokenizer.decode(tokenizer.encode("the boats", 99))).isEqualTo("the boats");
      assertThat(tokenizer.endsTextsItself()).isFalse();
    }
    write("tokenizer_config.json", "{\"add_bos_token\": false, \"add_eos_token\": true}");
    try (var tokenizer = TokenizerFolder.read(folder)) {
      assertThat(tokenizer.encode("the boats", 99)).isEqualTo(ids(269, 353, 2));
      assertThat(tokenizer.endsTextsItself()).isTrue();
    }
  }

  @Test
  void read_tokensAddedBesideTheModel_areFoundInTexts() {
    sentencePiece();
    int size = pieces();
    write("added_tokens.json", "{\"<pad>\": %d}".formatted(size));
    write(
        "tokenizer_config.json",
        """
        {"eos_token": "<|end|>",
         "added_tokens_decoder": {"%d": {"content": "<|end|>", "special": true}}}"""
            .formatted(size + 1));
    try (var tokenizer = TokenizerFolder.read(folder)) {
      assertThat(tokenizer.encode("<pad>the boats", 99)).contains(size).endsWith(size + 1);
    }
    write("added_tokens.json", "{\"<pad>\": %d}".formatted(size + 7));
    assertThatThrownBy(() -> TokenizerFolder.read(folder).close())
        .hasMessageContaining(
            "tokenizer.model: has ids up to %d, but the files beside it add \"<|end|>\" as %d"
                .formatted(size - 1, size + 1));
  }

  private int pieces() {
    try (var tokenizer = TokenizerFolder.read(folder)) {
      return tokenizer.json().size();
    }
  }

  @Test
  void read_damagedModel_namesFileAndByte() throws Exception {
    Path file = sentencePiece();
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, 100));
    assertThatThrownBy(() -> TokenizerFolder.read(folder).close())
        .isInstanceOf(DataException.class)
        .hasMessageMatching(
            ".*tokenizer\\.model: is no SentencePiece model, or a damaged one: .* before byte \\d+");
    // Llama 3's file of this name is a list of ranks in base 64.
    Files.write(file, "IQ== 0\nIg== 1\n".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> TokenizerFolder.read(folder).close())
        .hasMessageContaining("tokenizer.model: is no SentencePiece model");
    Files.write(file, new byte[0]);
    assertThatThrownBy(() -> TokenizerFolder.read(folder).close())
        .hasMessageContaining("no piece before byte 0");
  }

  @Test
  void read_damagedCharacterTable_isRefused() throws Exception {
    Path file = Golden.file("tokenizers/spm-bpe-rules/tokenizer.model", folder);
    String base64 = SentencePieceFile.read(file).characterMap();
    byte[] table = Base64.getDecoder().decode(base64);
    byte[] bytes = Files.readAllBytes(file);
    int at = indexOf(bytes, table);
    for (int i : ids(0, 3, 7, table.length - 2)) {
      byte[] damaged = bytes.clone();
      damaged[at + i] ^= (byte) 0xFF;
      Files.write(file, damaged);
      assertThatThrownBy(() -> TokenizerFolder.read(folder).close())
          .describedAs("byte %d", i)
          .isInstanceOf(DataException.class)
          .hasMessageContaining("tokenizer.model: the table of characters");
    }
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int at = 0; at + part.length <= bytes.length; at++) {
      if (Arrays.equals(bytes, at, at + part.length, part, 0, part.length)) {
        return at;
      }
    }
    throw new IllegalArgumentException("not in it");
  }

  @Test
  void read_jsonThatIsNoUtf8_saysSo() throws Exception {
    Files.write(folder.resolve("tokenizer.json"), new byte[] {'{', (byte) 0xFF});
    assertThatThrownBy(() -> TokenizerFolder.read(folder).close())
        .hasMessageContaining("tokenizer.json: is not UTF-8");
  }

  @Test
  void read_noTokenizer_saysWhichFilesAreRead() {
    assertThatThrownBy(() -> TokenizerFolder.read(folder).close())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("has neither tokenizer.json nor tokenizer.model");
  }

  @Test
  void maxTokens_placeholderOfTransformers_isNoLimit() {
    assertThat(new TokenizerConfig(folder).maxTokens()).isEmpty();
    write("tokenizer_config.json", E5_MISTRAL);
    assertThat(new TokenizerConfig(folder).maxTokens()).isEmpty();
    write("tokenizer_config.json", "{\"model_max_length\": 4096}");
    assertThat(new TokenizerConfig(folder).maxTokens()).hasValue(4096);
  }

  @Test
  void withoutEnd_texts_haveNoEndToken() {
    sentencePiece();
    write("tokenizer_config.json", "{\"add_bos_token\": false}");
    try (var tokenizer = TokenizerFolder.read(folder).withoutEnd()) {
      assertThat(tokenizer.encode("the boats", 99)).isEqualTo(THE_BOATS);
      assertThat(tokenizer.encode("the boats", 1)).isEqualTo(ids(269));
      assertThat(tokenizer.encode("", 99)).isEqualTo(ids(2));
      assertThat(tokenizer.json().ends()).isEqualTo(PostProcessor.Ends.NONE);
    }
  }
}
