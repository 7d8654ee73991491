package io.alidade.model.merge;

import io.alidade.core.Sha256;
import io.alidade.model.folder.ModelDescription;
import io.alidade.model.weights.WeightSource;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.List;
import java.util.stream.Collectors;

/// The weights of several models combined, each tensor when it is read, so that memory holds one
/// tensor of each.
final class MergedWeights implements WeightSource {
  private final List<ModelDescription> models;
  private final List<WeightSource> sources;
  private final Combination combination;

  /// @param models with tensors of the same names and shapes
  MergedWeights(List<ModelDescription> models, Combination combination) {
    this.models = List.copyOf(models);
    this.sources = models.stream().map(ModelDescription::mergedWeights).toList();
    this.combination = combination;
  }

  List<WeightSource> sources() {
    return sources;
  }

  @Override
  public List<String> names() {
    return sources.getFirst().names();
  }

  @Override
  public long[] shape(String name) {
    return sources.getFirst().shape(name);
  }

  @Override
  public Tensor tensor(String name, DType dtype) {
    try (var scope = TensorScope.open()) {
      return scope.keep(
          combination
              .of(sources.stream().map(source -> source.tensor(name, DType.FLOAT32)).toList())
              .to(dtype));
    }
  }

  @Override
  public String sha256() {
    return Sha256.ofText(
        combination
            + models.stream().map(model -> "\n" + model.sha256()).collect(Collectors.joining()));
  }

  /// Closes the models, but for the first's tokenizer, which is the merged model's.
  @Override
  public void close() {
    sources.getFirst().close();
    models.stream().skip(1).forEach(ModelDescription::close);
  }
}
