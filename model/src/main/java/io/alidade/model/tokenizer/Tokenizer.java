package io.alidade.model.tokenizer;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.alidade.core.AlidadeException;
import io.alidade.core.DataException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// A tokenizer read from a `tokenizer.json`. Thread-safe.
///
/// The library's own truncation, padding and post-processor stay out of it: they differ between
/// files, and truncation would cut off the end token. Here the text alone is tokenised, cut, and
/// then gets its [SpecialTokens], of which the last is checked to be the end token.
///
/// Any text has ids. Half a surrogate pair is no character and counts as U+FFFD, as in JavaScript's
/// `String.toWellFormed`; Python's tokenizers refuse such a text.
public final class Tokenizer implements AutoCloseable {
  static {
    DjlSettings.apply();
  }

  private final TokenizerJson json;
  private final SpecialTokens specialTokens;
  private final HuggingFaceTokenizer library;

  private Tokenizer(TokenizerJson json, SpecialTokens specialTokens, HuggingFaceTokenizer library) {
    this.json = json;
    this.specialTokens = specialTokens;
    this.library = library;
  }

  /// Loads a `tokenizer.json`.
  public static Tokenizer load(Path file, SpecialTokens specialTokens) {
    TokenizerJson json = TokenizerJson.read(file);
    try {
      return of(json, specialTokens);
    } catch (AlidadeException e) {
      throw new DataException(file, "" + e.getMessage(), e);
    }
  }

  public static Tokenizer of(TokenizerJson json, SpecialTokens specialTokens) {
    json.requireToken(specialTokens.eos());
    specialTokens.bos().ifPresent(json::requireToken);
    json.requireSound();
    byte[] text = json.withoutLimits().text().getBytes(StandardCharsets.UTF_8);
    Map<String, String> options = Map.of("truncation", "false", "padding", "false");
    try {
      var library = HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(text), options);
      return new Tokenizer(json, specialTokens, library);
    } catch (IOException | RuntimeException e) {
      throw new AlidadeException("the tokenizer cannot be loaded: " + e.getMessage(), e);
    }
  }

  /// The ids of a text: begin token if there is one, content, end token.
  ///
  /// @param maxTokens the most ids wanted, special tokens included; content is cut at its end
  public int[] encode(String text, int maxTokens) {
    requireRoom(maxTokens);
    return complete(library.encode(wellFormed(text), false, false), maxTokens);
  }

  /// As [#encode] for each text, on all processors.
  public List<int[]> encodeAll(List<String> texts, int maxTokens) {
    requireRoom(maxTokens);
    if (texts.isEmpty()) {
      return List.of();
    }
    List<String> wellFormed = texts.stream().map(Tokenizer::wellFormed).toList();
    return Arrays.stream(library.batchEncode(wellFormed, false, false))
        .map(encoding -> complete(encoding, maxTokens))
        .toList();
  }

  private void requireRoom(int maxTokens) {
    int least = Math.max(1, specialTokens.count());
    if (maxTokens < least) {
      throw new IllegalArgumentException(
          "maxTokens %d leaves no room for the special tokens; at least %d"
              .formatted(maxTokens, least));
    }
  }

  private int[] complete(Encoding encoding, int maxTokens) {
    long[] content = encoding.getIds();
    int length = Math.min(content.length, maxTokens - specialTokens.count());
    var ids = IntStream.builder();
    specialTokens.bos().ifPresent(ids::add);
    Arrays.stream(content, 0, length).forEach(id -> ids.add(Math.toIntExact(id)));
    if (!specialTokens.endsTexts()) {
      int[] open = ids.build().toArray();
      return open.length > 0 ? open : new int[] {eosId()};
    }
    ids.add(eosId());
    return requireEnd(ids.build().toArray());
  }

  /// Checks that the ids end with the end token, where the embedding is read.
  ///
  /// @return the same ids
  public int[] requireEnd(int[] ids) {
    if (ids.length == 0 || ids[ids.length - 1] != eosId()) {
      throw new AlidadeException(
          "the token ids end with %s, not with the end token %d"
              .formatted(ids.length == 0 ? "nothing" : ids[ids.length - 1], eosId()));
    }
    return ids;
  }

  /// Whether the file's own post-processor ends texts with the end token. Where it does not, tools
  /// that go by `tokenizer.json` alone read the embedding at another token.
  public boolean endsTextsItself() {
    long[] ids = library.encode("a", true, false).getIds();
    return ids.length > 0 && ids[ids.length - 1] == eosId();
  }

  /// This tokenizer without an end token after every text: for models whose embedding is not read
  /// there, and whose files put none. It takes this one's place; only one of them is closed.
  public Tokenizer withoutEnd() {
    return new Tokenizer(json, specialTokens.withoutEnd(), library);
  }

  /// The text with U+FFFD for half surrogate pairs, which are no characters and cannot cross into
  /// the library.
  public static String wellFormed(String text) {
    return text.codePoints()
            .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)
        ? text.codePoints()
            .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString()
        : text;
  }

  public int eosId() {
    return specialTokens.eos();
  }

  public SpecialTokens specialTokens() {
    return specialTokens;
  }

  /// The file's content with a post-processor that adds the special tokens, for every other tool
  /// that reads it, and without truncation and padding.
  public TokenizerJson json() {
    return json.withoutLimits().withSpecialTokens(specialTokens);
  }

  /// The text of the ids, special tokens left out.
  public String decode(int[] ids) {
    return library.decode(Arrays.stream(ids).asLongStream().toArray(), true);
  }

  /// The token of each id, in the tokenizer's own alphabet.
  public List<String> tokens(int[] ids) {
    return Arrays.stream(ids).mapToObj(json::token).toList();
  }

  @Override
  public void close() {
    library.close();
  }
}
