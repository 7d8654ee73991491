package io.alidade.synth.text;

/// Texts seen so far, by which one that is nearly the same is known again. Holds hashes only, 200
/// to 320 bytes a text. Belongs to one thread.
///
/// Texts that agree in a band of their signatures are compared by all of it. The bands alone would
/// not do: one text in half a million that shares a band by chance is soon found (decision 0022).
public final class NearDuplicates {
  /// Of 64 hashes, so that texts with three quarters in common are nearly the same.
  private static final int LEAST_AGREEING = 48;

  /// Texts with the same band that one is compared with; what many texts share tells nothing.
  private static final int MOST_COMPARED = 16;

  private static final int INITIAL = 1 << 13;
  private static final long FREE = 0;

  private final Signatures signatures = new Signatures();

  /// Band and number + 1 of a text in half a slot each, behind the place that the band hashes to.
  private long[] slots = new long[INITIAL];

  private int used;

  /// Remembers the text, if it is new.
  ///
  /// @return whether it is new: nearly the same as none before
  public boolean add(String text) {
    long[] signature = MinHash.signature(text);
    int[] bands = MinHash.bands(signature);
    for (int band : bands) {
      if (known(band, signature)) {
        return false;
      }
    }
    signatures.add(signature);
    for (int band : bands) {
      enter(((long) band << Integer.SIZE) | signatures.size());
    }
    return true;
  }

  private boolean known(int band, long[] signature) {
    int compared = 0;
    for (int at = place(band); slots[at] != FREE && compared < MOST_COMPARED; at = next(at)) {
      if (band(slots[at]) == band) {
        compared++;
        int number = (int) slots[at] - 1;
        if (signatures.agreeing(number, signature) >= LEAST_AGREEING) {
          return true;
        }
      }
    }
    return false;
  }

  private void enter(long entry) {
    if (2 * used >= slots.length) {
      grow();
    }
    int compared = 0;
    int at = place(band(entry));
    while (slots[at] != FREE) {
      compared += band(slots[at]) == band(entry) ? 1 : 0;
      if (compared == MOST_COMPARED) {
        return;
      }
      at = next(at);
    }
    slots[at] = entry;
    used++;
  }

  private void grow() {
    long[] old = slots;
    slots = new long[old.length * 2];
    used = 0;
    for (long entry : old) {
      if (entry != FREE) {
        enter(entry);
      }
    }
  }

  private int place(int band) {
    return band & (slots.length - 1);
  }

  private int next(int at) {
    return (at + 1) & (slots.length - 1);
  }

  private static int band(long entry) {
    return (int) (entry >>> Integer.SIZE);
  }
}
