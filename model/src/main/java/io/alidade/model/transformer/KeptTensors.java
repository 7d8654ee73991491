package io.alidade.model.transformer;

import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/// What a [TrainingPass] keeps for running backwards: tensors outside of all scopes, freed layer by
/// layer as soon as they are needed no more, and the rest when the pass is closed.
public final class KeptTensors implements AutoCloseable {
  private final Set<Tensor> kept = Collections.newSetFromMap(new IdentityHashMap<>());

  /// Takes tensors out of the scope that they were computed in; those that are kept already stay.
  public void keep(TensorScope scope, List<Tensor> tensors) {
    for (Tensor tensor : tensors) {
      if (kept.add(tensor)) {
        scope.release(tensor);
      }
    }
  }

  /// Frees tensors that were kept.
  public void free(List<Tensor> tensors) {
    for (Tensor tensor : tensors) {
      if (kept.remove(tensor)) {
        tensor.close();
      }
    }
  }

  /// Bytes of what is kept now.
  public long bytes() {
    return kept.stream().mapToLong(Tensor::bytes).sum();
  }

  @Override
  public void close() {
    kept.forEach(Tensor::close);
    kept.clear();
  }
}
