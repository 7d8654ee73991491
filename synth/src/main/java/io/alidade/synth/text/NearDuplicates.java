package io.alidade.synth.text;

/// Texts seen so far, by which one that is nearly the same is known again. Holds hashes only, about
/// 200 bytes a text. Belongs to one thread.
public final class NearDuplicates {
  private final LongSet bands = new LongSet();

  /// Remembers the text, if it is new.
  ///
  /// @return whether it is new: nearly the same as none before
  public boolean add(String text) {
    long[] signature = MinHash.bands(text);
    for (long band : signature) {
      if (bands.contains(band)) {
        return false;
      }
    }
    for (long band : signature) {
      boolean _ = bands.add(band);
    }
    return true;
  }
}
