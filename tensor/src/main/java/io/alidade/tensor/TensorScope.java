package io.alidade.tensor;

import com.google.errorprone.annotations.MustBeClosed;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/// Bounds the life of tensors: whatever is computed on this thread while a scope is open is freed
/// when it closes, unless it was kept. Scopes nest; a scope belongs to the thread that opened it.
///
/// Three lifetimes are in use: the process (weights: created outside any scope and closed by their
/// owner), the run (optimizer state: the same), and the step (everything else: one scope a batch).
/// The garbage collector is only the safety net.
public final class TensorScope implements AutoCloseable {
  private final @Nullable PointerScope outer;
  private final PointerScope scope;

  private TensorScope() {
    LibTorch.load();
    this.outer = PointerScope.getInnerScope();
    this.scope = new PointerScope();
  }

  @MustBeClosed
  public static TensorScope open() {
    return new TensorScope();
  }

  /// Moves a tensor out of this scope into the enclosing one, or out of all scopes when there is
  /// none, so that it outlives this scope.
  ///
  /// @return the same tensor
  public Tensor keep(Tensor tensor) {
    var handle = tensor.handle();
    // Detaching gives back one reference; without a second one the tensor would be freed here.
    handle.retainReference();
    scope.detach(handle);
    if (outer != null) {
      outer.attach(handle);
      handle.releaseReference();
    }
    return tensor;
  }

  /// Takes a tensor out of this scope and all others: the caller closes it.
  ///
  /// @return the same tensor
  public Tensor release(Tensor tensor) {
    tensor.handle().retainReference();
    scope.detach(tensor.handle());
    return tensor;
  }

  /// Frees what was created inside and not kept. Closing twice is harmless.
  @Override
  public void close() {
    scope.close();
  }
}
