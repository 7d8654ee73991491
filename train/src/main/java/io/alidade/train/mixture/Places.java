package io.alidade.train.mixture;

import io.alidade.train.batch.LongNumbers;
import io.alidade.train.batch.Numbers;

/// Where examples stand: 16 bytes each.
final class Places {
  private static final int BITS = 16;

  private final LongNumbers starts = new LongNumbers();
  private final Numbers lines = new Numbers();
  private final Numbers sources = new Numbers();

  void add(Place place) {
    starts.add(place.start());
    lines.add(place.line());
    sources.add(place.source() << BITS | place.inRow());
  }

  Place get(int example) {
    int source = sources.get(example);
    return new Place(
        source >>> BITS, starts.get(example), lines.get(example), source & ((1 << BITS) - 1));
  }
}
