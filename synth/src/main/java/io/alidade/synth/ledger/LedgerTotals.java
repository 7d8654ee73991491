package io.alidade.synth.ledger;

import io.alidade.core.ParserMessage;
import io.alidade.data.JsonLine;
import io.alidade.data.JsonLines;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;

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

  /// Those of a ledger's file, which stays as it is.
  ///
  /// @throws io.alidade.core.DataException if a line is no record of a call
  public static LedgerTotals read(Path file) {
    LedgerTotals totals = NONE;
    try (JsonLines lines = JsonLines.open(file)) {
      while (lines.hasNext()) {
        totals = totals.plus(record(lines.next()));
      }
    }
    return totals;
  }

  private static CallRecord record(JsonLine line) {
    try {
      return CallRecord.parse(line.object());
    } catch (JacksonException e) {
      throw line.error("is no record of a call: " + ParserMessage.of(e));
    } catch (IllegalArgumentException e) {
      throw line.error("is no record of a call: " + e.getMessage());
    }
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
