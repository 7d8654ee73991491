package io.alidade.train.mixture;

import io.alidade.train.batch.Numbers;
import io.alidade.train.batch.OrderKey;

/// A text as a row of words, or of characters where it has no spaces between words, of which parts
/// are taken.
final class TextUnits {
  /// Texts of fewer have no two parts worth the name.
  static final int LEAST = 8;

  /// Above so many characters a word on average, spaces do not divide words.
  private static final int LONGEST_WORDS = 24;

  private final String text;
  private final int[] starts;
  private final int[] ends;

  private TextUnits(String text, int[] starts, int[] ends) {
    this.text = text;
    this.starts = starts;
    this.ends = ends;
  }

  static TextUnits of(String text) {
    TextUnits words = words(text);
    return words.count() * LONGEST_WORDS < text.length() ? characters(text) : words;
  }

  private static TextUnits words(String text) {
    var starts = new Numbers();
    var ends = new Numbers();
    boolean within = false;
    for (int i = 0; i < text.length(); i++) {
      boolean space = Character.isWhitespace(text.charAt(i));
      if (within == space) {
        (space ? ends : starts).add(i);
        within = !space;
      }
    }
    if (within) {
      ends.add(text.length());
    }
    return new TextUnits(text, starts.toArray(), ends.toArray());
  }

  private static TextUnits characters(String text) {
    var starts = new Numbers();
    var ends = new Numbers();
    for (int i = 0; i < text.length(); i = text.offsetByCodePoints(i, 1)) {
      if (!Character.isWhitespace(text.codePointAt(i))) {
        starts.add(i);
        ends.add(text.offsetByCodePoints(i, 1));
      }
    }
    return new TextUnits(text, starts.toArray(), ends.toArray());
  }

  int count() {
    return starts.length;
  }

  /// A part of the text.
  ///
  /// @param which 0 or 1: the two parts of a text in an epoch are never the same
  String part(Pairing.Crops crops, int which, long seed, int epoch, String id) {
    int length = length(crops, which, seed, epoch, id);
    int start = start(length, which, seed, epoch, id);
    if (which == 1
        && length == length(crops, 0, seed, epoch, id)
        && start == start(length, 0, seed, epoch, id)) {
      // There is another place, since no part is the whole text.
      start = (start + 1) % (count() - length + 1);
    }
    return text.substring(starts[start], ends[start + length - 1]);
  }

  private int length(Pairing.Crops crops, int which, long seed, int epoch, String id) {
    double share = share("length", which, seed, epoch, id);
    double length = count() * (crops.least() + (crops.most() - crops.least()) * share);
    return Math.clamp(Math.round(length), 1, count() - 1);
  }

  private int start(int length, int which, long seed, int epoch, String id) {
    return (int) (share("start", which, seed, epoch, id) * (count() - length + 1));
  }

  private static double share(String what, int which, long seed, int epoch, String id) {
    return OrderKey.of(seed, epoch, "crop %d %s %s".formatted(which, what, id)).share();
  }
}
