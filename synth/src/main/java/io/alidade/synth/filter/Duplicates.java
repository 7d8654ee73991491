package io.alidade.synth.filter;

import io.alidade.core.Example;
import io.alidade.synth.text.LongSet;
import io.alidade.synth.text.MinHash;
import io.alidade.synth.text.NearDuplicates;
import io.alidade.synth.text.Words;
import java.util.Optional;

/// Refuses examples that repeat one accepted before. Holds hashes only. Belongs to one thread,
/// which must show it the examples in the order of the candidates.
public final class Duplicates {
  private final FilterConfig config;
  private final LongSet queries = new LongSet();
  private final NearDuplicates examples = new NearDuplicates();

  public Duplicates(FilterConfig config) {
    this.config = config;
  }

  /// The reason to refuse it; none if it is new, and is remembered.
  ///
  /// @param positiveGiven whether the positive is a passage that others may be asked about as well,
  ///   so that only the queries are compared
  public Optional<Reason> check(Example example, boolean positiveGiven) {
    long query = MinHash.hash(example.kind().label() + '\n' + Words.folded(example.query()));
    if (config.duplicates() && queries.contains(query)) {
      return Optional.of(Reason.DUPLICATE);
    }
    String compared = positiveGiven ? example.query() : example.query() + '\n' + example.positive();
    if (config.nearDuplicates() && !examples.add(compared)) {
      return Optional.of(Reason.NEAR_DUPLICATE);
    }
    boolean _ = queries.add(query);
    return Optional.empty();
  }
}
