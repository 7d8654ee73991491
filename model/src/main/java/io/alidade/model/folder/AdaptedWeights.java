package io.alidade.model.folder;

import io.alidade.core.AlidadeException;
import io.alidade.model.folder.AdapterDescription.Module;
import io.alidade.model.weights.WeightSource;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A base's weights with an adapter merged into them, computed as each is read: `W + scale · B A`,
/// and with DoRA each row of that at its trained length.
///
/// @see <a href="https://arxiv.org/abs/2402.09353">Liu et al., DoRA, 2024</a>, equation 5
public final class AdaptedWeights implements WeightSource {
  private static final String WEIGHT = ".weight";

  private final WeightSource base;
  private final AdapterDescription adapter;
  private final Map<String, Module> adapted;

  private AdaptedWeights(WeightSource base, AdapterDescription adapter) {
    this.base = base;
    this.adapter = adapter;
    this.adapted =
        adapter.modules().stream()
            .collect(Collectors.toMap(module -> module.name() + WEIGHT, Function.identity()));
  }

  /// The base's weights with the adapter merged in. Closing them closes both.
  ///
  /// @throws AlidadeException if the adapter is for a map that the base does not have, or has
  ///   another shape than it
  public static WeightSource of(WeightSource base, AdapterDescription adapter) {
    var weights = new AdaptedWeights(base, adapter);
    weights.adapted.forEach(weights::requireFits);
    return weights;
  }

  private void requireFits(String name, Module module) {
    if (!base.names().contains(name)) {
      throw new AlidadeException(
          "the adapter is for %s, which the base does not have".formatted(module.name()));
    }
    long[] weight = base.shape(name);
    long outputs = adapter.weights().shape(AdapterDescription.nameOfB(module.name()))[0];
    long inputs = adapter.weights().shape(AdapterDescription.nameOfA(module.name()))[1];
    if (weight.length != 2 || weight[0] != outputs || weight[1] != inputs) {
      throw new AlidadeException(
          "the adapter of %s is for a map from %d to %d values, the base's has shape %s"
              .formatted(module.name(), inputs, outputs, java.util.Arrays.toString(weight)));
    }
  }

  @Override
  public List<String> names() {
    return base.names();
  }

  @Override
  public long[] shape(String name) {
    return base.shape(name);
  }

  @Override
  public Tensor tensor(String name, DType dtype) {
    if (adapter.replaced().contains(name)) {
      return adapter.weights().tensor(name, dtype);
    }
    return adapted.containsKey(name)
        ? rows(name, 0, shape(name)[0], dtype)
        : base.tensor(name, dtype);
  }

  @Override
  public Tensor rows(String name, long start, long count, DType dtype) {
    if (adapter.replaced().contains(name)) {
      return adapter.weights().rows(name, start, count, dtype);
    }
    Module module = adapted.get(name);
    if (module == null) {
      return base.rows(name, start, count, dtype);
    }
    try (var scope = TensorScope.open()) {
      Tensor merged = base.rows(name, start, count, DType.FLOAT32).copy();
      merge(module, start, merged);
      return scope.keep(merged.to(dtype));
    }
  }

  /// Adds the adapter's rows from `start` on, in float32 whatever the result's type, so that a
  /// small step of training survives.
  private void merge(Module module, long start, Tensor rows) {
    WeightSource matrices = adapter.weights();
    long count = rows.size(0);
    String nameOfA = AdapterDescription.nameOfA(module.name());
    Tensor a = matrices.rows(nameOfA, 0, matrices.shape(nameOfA)[0], DType.FLOAT32);
    Tensor b =
        matrices.rows(AdapterDescription.nameOfB(module.name()), start, count, DType.FLOAT32);
    rows.addMatmul(b, a, module.scale());
    if (adapter.decomposed()) {
      String name = AdapterDescription.nameOfMagnitude(module.name());
      Tensor magnitudes = matrices.rows(name, start, count, DType.FLOAT32).view(count, 1);
      rows.timesInPlace(magnitudes.times(rows.norms().inverse()));
    }
  }

  /// The base's: the adapter is known by its own.
  @Override
  public String sha256() {
    return base.sha256();
  }

  @Override
  public void close() {
    base.close();
    adapter.weights().close();
  }
}
