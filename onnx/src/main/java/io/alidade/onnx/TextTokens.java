package io.alidade.onnx;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.alidade.core.AlidadeException;
import io.alidade.model.tokenizer.DjlSettings;
import io.alidade.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// An encoder's `tokenizer.json`, which puts its own special tokens around each text.
final class TextTokens implements AutoCloseable {
  static {
    DjlSettings.apply();
  }

  private final HuggingFaceTokenizer library;

  private TextTokens(HuggingFaceTokenizer library) {
    this.library = library;
  }

  /// @param maxTokens the most ids of a text, special tokens included
  static TextTokens load(InputStream json, int maxTokens) {
    Map<String, String> options =
        Map.of("truncation", "true", "padding", "false", "maxLength", "" + maxTokens);
    try {
      return new TextTokens(HuggingFaceTokenizer.newInstance(json, options));
    } catch (IOException | RuntimeException e) {
      throw new AlidadeException("the tokenizer cannot be loaded: " + e.getMessage(), e);
    }
  }

  /// The ids of each text, without padding.
  List<long[]> encode(List<String> texts) {
    List<String> wellFormed = texts.stream().map(Tokenizer::wellFormed).toList();
    return Arrays.stream(library.batchEncode(wellFormed)).map(TextTokens::real).toList();
  }

  /// A file may ask for padding of its own.
  private static long[] real(Encoding encoding) {
    long[] ids = encoding.getIds();
    long[] mask = encoding.getAttentionMask();
    int length = (int) Arrays.stream(mask).sum();
    int start = 0;
    while (start < mask.length && mask[start] == 0) {
      start++;
    }
    return Arrays.copyOfRange(ids, start, start + length);
  }

  @Override
  public void close() {
    library.close();
  }
}
