package io.alidade.eval.parity;

import io.alidade.eval.parity.FaultyVectors.Faulty;
import io.alidade.eval.parity.Observation.Given;
import io.alidade.eval.parity.Observation.Refused;
import io.alidade.eval.parity.Observation.Way;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Names what is wrong with a server from what it answered.
///
/// Each fault is tried on each text that came out wrong: one whose vectors equal the server's where
/// they differ from the model's is the cause. The fault that explains the most texts is taken
/// first, then those that explain the rest.
public final class Diagnosis {
  /// Above it, and where no fault fits, the difference is one of precision.
  private static final double NEAR = 0.97;

  private static final double NORM_TOLERANCE = 1e-2;

  private final List<Observation> observations;
  private final FaultyVectors faults;
  private final Map<ParityCase, List<Faulty>> tried = new HashMap<>();
  private final double gate;
  private final List<Finding> findings = new ArrayList<>();

  /// A fault, and how many texts it explains.
  public record Finding(Fault fault, int texts) {}

  /// What was found.
  ///
  /// @param same whether every vector is the expected one
  public record Result(boolean same, List<Finding> findings) {
    public Result {
      findings = List.copyOf(findings);
    }
  }

  private Diagnosis(List<Observation> observations, FaultyVectors faults, double gate) {
    this.observations = observations;
    this.faults = faults;
    this.gate = gate;
  }

  /// Finds what explains the answers.
  ///
  /// @param gate the cosine from which on two vectors count as the same
  public static Result of(List<Observation> observations, FaultyVectors faults, double gate) {
    return new Diagnosis(observations, faults, gate).result();
  }

  private Result result() {
    List<Observation> wrong = wrong(Way.ALONE);
    boolean sized = explainDimensions(wrong);
    if (!sized) {
      explain(new ArrayList<>(wrong));
      compareWithAlone(Way.BATCH);
      compareWithAlone(Way.BASE64);
    }
    boolean normalised = checkNorms();
    boolean same = normalised && observations.stream().noneMatch(seen -> seen.differs(gate));
    long refused = observations.stream().filter(o -> o.answer() instanceof Refused).count();
    if (refused > 0) {
      add(Fault.LONG_TEXT_REFUSED, (int) refused);
    }
    return new Result(same, findings);
  }

  private List<Observation> wrong(Way way) {
    return observations.stream().filter(seen -> seen.way() == way && seen.differs(gate)).toList();
  }

  private boolean explainDimensions(List<Observation> wrong) {
    if (wrong.isEmpty() || !(wrong.getFirst().answer() instanceof Given(List<Float> vector))) {
      return false;
    }
    List<Float> expected = wrong.getFirst().asked().expected();
    if (vector.size() == expected.size()) {
      return false;
    }
    add(
        Vectors.isCut(expected, vector, gate)
            ? Fault.dimensionsCut(vector.size(), expected.size())
            : Fault.dimensions(vector.size(), expected.size()),
        wrong.size());
    return true;
  }

  private void explain(List<Observation> wrong) {
    while (!wrong.isEmpty()) {
      Map<Fault, Map<Observation, Double>> explained = explained(wrong);
      // The sum counts the texts first, as each cosine is nearly 1, and then how near they are.
      Optional<Map.Entry<Fault, Map<Observation, Double>>> best =
          explained.entrySet().stream()
              .max(Comparator.comparingDouble(entry -> sum(entry.getValue().values())));
      if (best.isEmpty()) {
        addUnexplained(wrong);
        return;
      }
      add(best.get().getKey(), best.get().getValue().size());
      wrong.removeAll(best.get().getValue().keySet());
    }
  }

  private static double sum(Collection<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).sum();
  }

  /// For each fault the wrong vectors that it gives, with the cosines to its own.
  private Map<Fault, Map<Observation, Double>> explained(List<Observation> wrong) {
    var explained = new LinkedHashMap<Fault, Map<Observation, Double>>();
    for (Observation seen : wrong) {
      for (Faulty faulty : faulty(seen.asked())) {
        double cosine = cosine(faulty, seen);
        if (cosine >= gate) {
          explained.computeIfAbsent(faulty.fault(), _ -> new HashMap<>()).put(seen, cosine);
        }
      }
    }
    return explained;
  }

  private List<Faulty> faulty(ParityCase asked) {
    return tried.computeIfAbsent(asked, faults::of);
  }

  private static double cosine(Faulty faulty, Observation seen) {
    return seen.answer() instanceof Given(List<Float> vector)
        ? Vectors.cosine(faulty.vector(), vector)
        : 0;
  }

  private void addUnexplained(List<Observation> wrong) {
    double least = wrong.stream().mapToDouble(Observation::cosine).min().orElse(0);
    if (least >= NEAR) {
      add(Fault.PRECISION, wrong.size());
      return;
    }
    Observation seen = wrong.getFirst();
    String nearest =
        faulty(seen.asked()).stream()
            .max(Comparator.comparingDouble(near -> cosine(near, seen)))
            .map(
                near ->
                    String.format(
                        Locale.ROOT,
                        "; nearest, at cosine %.3f, is: %s",
                        cosine(near, seen),
                        near.fault().cause()))
            .orElse("");
    add(Fault.unknown(nearest), wrong.size());
  }

  /// What is right alone must be right in another way too.
  private void compareWithAlone(Way way) {
    List<Observation> worse =
        wrong(way).stream().filter(seen -> !differsAlone(seen.asked())).toList();
    if (worse.isEmpty()) {
      return;
    }
    if (way == Way.BASE64) {
      add(Fault.BASE64, worse.size());
    } else {
      add(isReordered(worse) ? Fault.ORDER : Fault.BATCH, worse.size());
    }
  }

  private boolean differsAlone(ParityCase asked) {
    return wrong(Way.ALONE).stream().anyMatch(seen -> seen.asked().equals(asked));
  }

  /// Whether each of the vectors is that of another text of the batch.
  private boolean isReordered(List<Observation> worse) {
    return worse.stream()
        .allMatch(
            seen ->
                seen.answer() instanceof Given(List<Float> vector)
                    && observations.stream()
                        .anyMatch(
                            other -> Vectors.cosine(other.asked().expected(), vector) >= gate));
  }

  private boolean checkNorms() {
    DoubleSummaryStatistics norms =
        observations.stream()
            .filter(seen -> seen.answer() instanceof Given)
            .mapToDouble(Observation::norm)
            .summaryStatistics();
    boolean normalised =
        Math.abs(norms.getMin() - 1) <= NORM_TOLERANCE
            && Math.abs(norms.getMax() - 1) <= NORM_TOLERANCE;
    if (!normalised) {
      add(Fault.notNormalised(norms.getMin(), norms.getMax()), (int) norms.getCount());
    }
    return normalised;
  }

  private void add(Fault fault, int texts) {
    findings.add(new Finding(fault, texts));
  }
}
