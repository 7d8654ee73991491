package io.alidade.train;

import io.alidade.core.AlidadeException;
import java.util.List;

/// The loss or the gradient is no finite number any more. The checkpoint before stays.
public final class TrainingDivergedException extends AlidadeException {
  private static final long serialVersionUID = 1L;

  TrainingDivergedException(int step, double loss, List<String> ids, String checkpoint) {
    super(
        ("training diverged at step %d: the loss or its gradient is not finite (loss %s) on the"
                + " examples %s; %s; lower optimizer.learning_rate and choose another --out,"
                + " or look at these examples with `alidade lineage`")
            .formatted(step, loss, String.join(", ", ids), checkpoint));
  }
}
