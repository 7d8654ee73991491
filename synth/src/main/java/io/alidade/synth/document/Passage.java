package io.alidade.synth.document;

import io.alidade.core.Sha256;

/// A part of a document, long enough to be found and short enough to be embedded.
///
/// @param id a hash of the document's id and the text, so that it stays what it is when other parts
///   of the document change
/// @param document the document's id
/// @param position its number in the document, from 0
public record Passage(String id, String document, int position, String text) {
  private static final int ID_DIGITS = 16;

  static Passage of(String document, int position, String text) {
    String id = Sha256.ofText(document + '\n' + text).substring(0, ID_DIGITS);
    return new Passage(id, document, position, text);
  }
}
