package io.alidade.mine;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/// What mining came to.
///
/// @param incomplete examples that have fewer negatives than were wanted
/// @param verdicts how many documents were judged how; only those that occur
public record MiningSummary(long examples, long incomplete, Map<Verdict, Long> verdicts) {
  private static final String EXAMPLES = "examples";
  private static final String INCOMPLETE = "incomplete";

  public MiningSummary {
    var sorted = new EnumMap<Verdict, Long>(Verdict.class);
    sorted.putAll(verdicts);
    verdicts = Collections.unmodifiableMap(sorted);
  }

  /// The summary with these [#counts].
  public static MiningSummary of(Map<String, Long> counts) {
    var verdicts = new EnumMap<Verdict, Long>(Verdict.class);
    for (Verdict verdict : Verdict.values()) {
      Long count = counts.get(verdict.label());
      if (count != null) {
        verdicts.put(verdict, count);
      }
    }
    return new MiningSummary(
        counts.getOrDefault(EXAMPLES, 0L), counts.getOrDefault(INCOMPLETE, 0L), verdicts);
  }

  /// How many documents had this verdict.
  public long of(Verdict verdict) {
    return verdicts.getOrDefault(verdict, 0L);
  }

  /// For a manifest.
  public Map<String, Long> counts() {
    var counts = new LinkedHashMap<String, Long>();
    counts.put(EXAMPLES, examples);
    counts.put(INCOMPLETE, incomplete);
    verdicts.forEach((verdict, count) -> counts.put(verdict.label(), count));
    return counts;
  }
}
