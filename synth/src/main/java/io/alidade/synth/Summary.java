package io.alidade.synth;

import io.alidade.core.manifest.Manifest;
import io.alidade.synth.ledger.LedgerTotals;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What a run came to.
///
/// @param examples in the data file
/// @param candidates that were judged
/// @param rejected how many for which reason
/// @param calls over all processes of the run
public record Summary(
    long examples, long candidates, Map<String, Long> rejected, LedgerTotals calls) {
  private static final String EXAMPLES = "examples";
  private static final String CANDIDATES = "candidates";
  private static final String REJECTED = "rejected_";

  public Summary {
    rejected = Collections.unmodifiableMap(new TreeMap<>(rejected));
  }

  /// That of a run that is done.
  static Summary of(Manifest manifest, LedgerTotals calls) {
    Map<String, Long> counts = manifest.counts();
    var rejected = new TreeMap<String, Long>();
    counts.forEach(
        (name, count) -> {
          if (name.startsWith(REJECTED)) {
            rejected.put(name.substring(REJECTED.length()), count);
          }
        });
    return new Summary(
        counts.getOrDefault(EXAMPLES, 0L), counts.getOrDefault(CANDIDATES, 0L), rejected, calls);
  }

  /// The rejections in words, such as `3 cut, 1 language`; empty if there are none.
  public String reasons() {
    return reasons(rejected);
  }

  static String reasons(Map<String, Long> rejected) {
    return rejected.entrySet().stream()
        .map(reason -> reason.getValue() + " " + reason.getKey())
        .collect(Collectors.joining(", "));
  }

  /// As manifests keep it.
  Map<String, Long> counts() {
    var counts = new TreeMap<String, Long>();
    counts.put(EXAMPLES, examples);
    counts.put(CANDIDATES, candidates);
    counts.put("calls", calls.calls());
    counts.put("input_tokens", calls.inputTokens());
    counts.put("output_tokens", calls.outputTokens());
    counts.put("micro_usd", calls.spent().micros());
    calls.verdicts().forEach((verdict, count) -> counts.put("calls_" + verdict, count));
    rejected.forEach((reason, count) -> counts.put(REJECTED + reason, count));
    return counts;
  }
}
