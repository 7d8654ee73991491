package io.alidade.model.head;

import io.alidade.model.transformer.CheckedWeights;
import io.alidade.model.transformer.LayerNorm;
import io.alidade.model.weights.WeightSource;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SplittableRandom;

/// The weights of a [LatentAttention], or their gradients: views into one flat vector, so that the
/// optimizer works on it and a checkpoint holds it as a block.
public final class LatentWeights implements AutoCloseable {
  private static final double EPSILON = 1e-5;

  private final LatentShape shape;
  private final Tensor flat;
  private final SequencedMap<String, Tensor> named = new LinkedHashMap<>();

  /// @param flat `[shape.parameters()]`, owned from now on
  private LatentWeights(LatentShape shape, Tensor flat) {
    this.shape = shape;
    this.flat = flat;
    try (var scope = TensorScope.open()) {
      long offset = 0;
      for (var tensor : shape.tensors().entrySet()) {
        long count = Tensor.elements(tensor.getValue());
        Tensor view = flat.narrow(0, offset, count).view(tensor.getValue());
        named.put(tensor.getKey(), scope.release(view));
        offset += count;
      }
    }
  }

  static LatentWeights zeros(LatentShape shape, DType dtype) {
    return new LatentWeights(shape, Tensor.owned(dtype, shape.parameters()).fill(0));
  }

  /// Untrained weights: latents of normal noise, linear maps and their biases uniform up to
  /// `1/√inputs`, norms that leave their rows as they are. A function of the seed.
  public static LatentWeights initial(LatentShape shape, DType dtype, long seed) {
    LatentWeights weights = zeros(shape, dtype);
    var random = new SplittableRandom(seed);
    try (var _ = TensorScope.open()) {
      weights.named.forEach((name, tensor) -> fill(name, tensor, shape, random.split()));
    }
    return weights;
  }

  private static void fill(String name, Tensor tensor, LatentShape shape, SplittableRandom random) {
    if (name.contains("norm")) {
      tensor.fill(name.endsWith(LatentShape.WEIGHT) ? 1 : 0);
      return;
    }
    boolean latents = name.equals(LatentShape.LATENTS);
    double bound = 1 / Math.sqrt(inputs(name, tensor, shape));
    double[] values = new double[(int) Tensor.elements(tensor.shape())];
    for (int i = 0; i < values.length; i++) {
      values[i] = latents ? random.nextGaussian() : random.nextDouble(-bound, bound);
    }
    tensor.copyFrom(Tensor.of(values, tensor.shape()));
  }

  private static double inputs(String name, Tensor tensor, LatentShape shape) {
    if (!name.endsWith(LatentShape.BIAS)) {
      return tensor.size(1);
    }
    return name.startsWith(LatentShape.UP) ? shape.hidden() : shape.wide();
  }

  /// Weights of a file, by the names of the published models.
  ///
  /// @throws io.alidade.core.AlidadeException by the name of a tensor that is missing, of another
  ///   shape or without finite values
  public static LatentWeights load(LatentShape shape, WeightSource source, DType dtype) {
    var checked = new CheckedWeights(source, dtype);
    LatentWeights weights = zeros(shape, dtype);
    try (var _ = TensorScope.open()) {
      shape.tensors().forEach((name, size) -> weights.get(name).copyFrom(checked.read(name, size)));
      return weights;
    } catch (RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  /// The same values in memory of their own.
  public LatentWeights copy() {
    return new LatentWeights(shape, Tensor.owned(flat.dtype(), flat.shape()).copyFrom(flat));
  }

  /// The same values under another owner, which must be closed before this one.
  LatentWeights view() {
    try (var scope = TensorScope.open()) {
      return new LatentWeights(shape, scope.release(flat.narrow(0, 0, flat.size(0))));
    }
  }

  public LatentShape shape() {
    return shape;
  }

  /// All values, `[shape.parameters()]`.
  public Tensor flat() {
    return flat;
  }

  /// The tensors by the names of the published models.
  public SequencedMap<String, Tensor> named() {
    return Collections.unmodifiableSequencedMap(named);
  }

  /// The matrices of its linear maps: neither norms nor biases nor latents.
  public List<Tensor> matrices() {
    return named.entrySet().stream()
        .filter(entry -> !entry.getKey().equals(LatentShape.LATENTS))
        .map(Map.Entry::getValue)
        .filter(tensor -> tensor.shape().length == 2)
        .toList();
  }

  Tensor get(String name) {
    Tensor tensor = named.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("latent attention has no " + name);
    }
    return tensor;
  }

  LayerNorm norm(String name) {
    return new LayerNorm(
        name, get(name + LatentShape.WEIGHT), Optional.of(get(name + LatentShape.BIAS)), EPSILON);
  }

  @Override
  public void close() {
    named.values().forEach(Tensor::close);
    flat.close();
  }
}
