package io.alidade.synth.sampling;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Things to choose from, each with a weight; the weights need not sum to 1.
///
/// @param <T> what is chosen
public final class Weights<T> {
  private final List<T> elements = new ArrayList<>();
  private final List<Double> ends = new ArrayList<>();
  private final double total;

  /// Things with a weight of 0 are never chosen.
  ///
  /// @throws IllegalArgumentException if a weight is negative or none is above 0
  public Weights(Map<T, Double> weights) {
    double sum = 0;
    for (Map.Entry<T, Double> entry : weights.entrySet()) {
      double weight = entry.getValue();
      if (!(weight >= 0)) {
        throw new IllegalArgumentException(
            "the weight of %s must not be negative, is %s".formatted(entry.getKey(), weight));
      }
      if (weight > 0) {
        sum += weight;
        elements.add(entry.getKey());
        ends.add(sum);
      }
    }
    total = sum;
    if (elements.isEmpty()) {
      throw new IllegalArgumentException("at least one weight must be above 0");
    }
  }

  /// What may be chosen, in the order given.
  public List<T> elements() {
    return List.copyOf(elements);
  }

  /// The element's weight as a share of all.
  public double share(T element) {
    int at = elements.indexOf(element);
    if (at < 0) {
      return 0;
    }
    return (ends.get(at) - (at == 0 ? 0 : ends.get(at - 1))) / total;
  }

  /// The element that a number in `[0, 1)` falls on.
  public T at(double share) {
    double place = share * total;
    for (int i = 0; i < elements.size() - 1; i++) {
      if (place < ends.get(i)) {
        return elements.get(i);
      }
    }
    return elements.getLast();
  }

  /// The same weights without one element.
  public Weights<T> without(T element) {
    var rest = new LinkedHashMap<T, Double>();
    for (T each : elements) {
      if (!each.equals(element)) {
        rest.put(each, share(each));
      }
    }
    return new Weights<>(rest);
  }
}
