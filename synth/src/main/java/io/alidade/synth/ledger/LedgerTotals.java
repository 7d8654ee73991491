package io.alidade.synth.ledger;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// Sums over a ledger.
///
/// @param spent what the calls are taken to have cost
/// @param verdicts how many calls ended in which way
public record LedgerTotals(
    long calls, Usd spent, long inputTokens, long outputTokens, Map<String, Long> verdicts) {
  static final LedgerTotals NONE = new LedgerTotals(0, Usd.ZERO, 0, 0, Map.of());

  public LedgerTotals {
    verdicts = Collections.unmodifiableMap(new TreeMap<>(verdicts));
  }

  LedgerTotals plus(CallRecord record) {
    var counts = new TreeMap<>(verdicts);
    counts.merge(record.verdict(), 1L, Long::sum);
    return new LedgerTotals(
        calls + 1,
        spent.plus(record.cost()),
        inputTokens + Math.max(0, record.usage().input()),
        outputTokens + Math.max(0, record.usage().output()),
        counts);
  }
}
