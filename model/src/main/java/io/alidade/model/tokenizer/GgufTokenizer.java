package io.alidade.model.tokenizer;

import io.alidade.core.AlidadeException;
import io.alidade.core.DataException;
import io.alidade.model.tokenizer.SentencePieceModel.Algorithm;
import io.alidade.model.weights.GgufFile;
import io.alidade.model.weights.GgufMetadata;
import tools.jackson.databind.node.ObjectNode;

/// Reads the tokenizer in a GGUF file, whose kind `tokenizer.ggml.model` names: byte-level BPE,
/// SentencePiece or WordPiece.
public final class GgufTokenizer {
  private static final String KIND = "tokenizer.ggml.model";
  private static final String PRE = "tokenizer.ggml.pre";

  private GgufTokenizer() {}

  /// The tokenizer, which outlives the file.
  ///
  /// @throws DataException if the vocabulary is none or of an unknown kind, naming file and key
  public static Tokenizer read(GgufFile file) {
    GgufMetadata metadata = file.metadata();
    try {
      return read(new GgufVocabulary(metadata));
    } catch (DataException e) {
      throw e;
    } catch (AlidadeException e) {
      throw new DataException(metadata.file(), "" + e.getMessage(), e);
    }
  }

  private static Tokenizer read(GgufVocabulary vocabulary) {
    GgufMetadata metadata = vocabulary.metadata();
    String kind = metadata.text(KIND);
    return switch (kind) {
      case "gpt2" -> {
        PreTokenizer pre = preTokenizer(metadata);
        yield ending(
            vocabulary.byteLevel(pre), vocabulary.special("bos", pre.beginsTexts(), "eos", false));
      }
      case "llama" ->
          ending(
              sentencePiece(vocabulary, Algorithm.BPE),
              vocabulary.special("bos", true, "eos", false));
      case "t5" ->
          ending(
              sentencePiece(vocabulary, Algorithm.UNIGRAM),
              vocabulary.special("bos", false, "eos", true));
      case "bert" -> {
        String first = vocabulary.has("cls") ? "cls" : "bos";
        yield ending(vocabulary.wordPiece(), vocabulary.special(first, true, "seperator", true));
      }
      default ->
          throw new DataException(
              metadata.file(),
              "%s is \"%s\"; bert, gpt2, llama and t5 are known".formatted(KIND, kind));
    };
  }

  /// The file's own special tokens stay in the JSON, for what is said about other tools; the
  /// tokenizer itself ends every text.
  private static Tokenizer ending(ObjectNode vocabulary, SpecialTokens special) {
    TokenizerJson json = TokenizerJson.of(vocabulary);
    special.bos().ifPresent(json::requireToken);
    json.requireToken(special.eos());
    return Tokenizer.of(
        json.withSpecialTokens(special), new SpecialTokens(special.bos(), special.eos()));
  }

  private static ObjectNode sentencePiece(GgufVocabulary vocabulary, Algorithm algorithm) {
    return SentencePieceJson.of(
        vocabulary.sentencePiece(algorithm), SentencePieceJson.Prefix.EACH_STRETCH);
  }

  private static PreTokenizer preTokenizer(GgufMetadata metadata) {
    String name = metadata.text(PRE);
    return PreTokenizer.named(name)
        .orElseThrow(
            () ->
                new DataException(
                    metadata.file(),
                    "%s is \"%s\"; known are %s".formatted(PRE, name, PreTokenizer.known())));
  }
}
