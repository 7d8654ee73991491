package io.alidade.model.transformer;

import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All weights of a transformer, trained as they are. The values are the transformer's own; the
/// gradients lie here, once for all threads.
public final class FullWeights implements TrainedWeights {

  /// A weight of a transformer.
  ///
  /// @param name unique in its model; a fused map has one for all of its parts
  /// @param value in the transformer's own order of rows, and its own memory
  /// @param matrix whether it is that of a linear map
  public record Weight(String name, Tensor value, boolean matrix) {}

  private final List<Weight> weights;
  private final List<Tensor> vectors = new ArrayList<>();
  private final List<Tensor> decayed = new ArrayList<>();
  private final List<Tensor> gradientVectors = new ArrayList<>();
  private final Map<String, Tensor> gradients = new LinkedHashMap<>();

  /// @param shared the gradient vectors of others, one a weight
  private FullWeights(List<Weight> weights, List<Tensor> shared) {
    this.weights = weights;
    try (var scope = TensorScope.open()) {
      for (int i = 0; i < weights.size(); i++) {
        Weight weight = weights.get(i);
        Tensor values = scope.release(flat(weight.value()));
        this.vectors.add(values);
        if (weight.matrix()) {
          decayed.add(values);
        }
        gradientVectors.add(scope.release(flat(shared.get(i))));
        gradients.put(weight.name(), scope.release(shared.get(i).view(weight.value().shape())));
      }
    }
  }

  private static Tensor flat(Tensor tensor) {
    return tensor.view(Tensor.elements(tensor.shape()));
  }

  /// The weights of a transformer that is not mapped, which must outlive them. Gradients are zero.
  public static FullWeights of(Transformer transformer) {
    List<Weight> weights = transformer.trainable();
    try (var _ = TensorScope.open()) {
      return new FullWeights(
          weights,
          weights.stream()
              .map(Weight::value)
              .map(value -> Tensor.zeros(value.dtype(), Tensor.elements(value.shape())))
              .toList());
    }
  }

  @Override
  public int firstLayer() {
    return 0;
  }

  @Override
  public double dropout() {
    return 0;
  }

  @Override
  public MapTuning map(FusedMap map, Dropout dropout) {
    Optional<Tensor> matrix = gradient(map.name() + FusedLinear.WEIGHT);
    return new MapTuning.Whole(matrix.orElseThrow(), gradient(map.name() + FusedLinear.BIAS));
  }

  @Override
  public Optional<Tensor> gradient(String weight) {
    return Optional.ofNullable(gradients.get(weight));
  }

  @Override
  public List<Tensor> vectors() {
    return List.copyOf(vectors);
  }

  @Override
  public List<Tensor> gradientVectors() {
    return List.copyOf(gradientVectors);
  }

  @Override
  public List<Tensor> decayed() {
    return List.copyOf(decayed);
  }

  @Override
  public FullWeights ofThread() {
    return new FullWeights(weights, gradientVectors);
  }

  @Override
  public boolean sharesGradients() {
    return true;
  }

  /// Nothing, since threads have added to these already.
  @Override
  public void collect(TrainedWeights ofThread) {}

  @Override
  public void close() {
    vectors.forEach(Tensor::close);
    gradientVectors.forEach(Tensor::close);
    gradients.values().forEach(Tensor::close);
  }
}
