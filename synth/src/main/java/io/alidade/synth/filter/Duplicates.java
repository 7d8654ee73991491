package io.alidade.synth.filter;

import io.alidade.core.Example;
import java.util.Optional;

/// Refuses examples that repeat one accepted before. Holds hashes only. Belongs to one thread,
/// which must show it the examples in the order of the candidates.
public final class Duplicates {
  private final FilterConfig config;
  private final LongSet queries = new LongSet();
  private final LongSet bands = new LongSet();

  public Duplicates(FilterConfig config) {
    this.config = config;
  }

  /// The reason to refuse it; none if it is new, and is remembered.
  public Optional<Reason> check(Example example) {
    long query = MinHash.hash(example.kind().label() + '\n' + Words.folded(example.query()));
    if (config.duplicates() && queries.contains(query)) {
      return Optional.of(Reason.DUPLICATE);
    }
    if (config.nearDuplicates()) {
      long[] signature = MinHash.bands(example.query() + '\n' + example.positive());
      for (long band : signature) {
        if (bands.contains(band)) {
          return Optional.of(Reason.NEAR_DUPLICATE);
        }
      }
      for (long band : signature) {
        boolean _ = bands.add(band);
      }
    }
    boolean _ = queries.add(query);
    return Optional.empty();
  }
}
