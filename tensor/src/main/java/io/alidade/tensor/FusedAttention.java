package io.alidade.tensor;

import io.alidade.tensor.Attention.Attended;
import io.alidade.tensor.Attention.Gradients;
import io.alidade.tensor.Attention.Inputs;
import io.alidade.tensor.Attention.Mask;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;

/// libtorch's fused attention for processors, which is not among the functions of its Java presets:
/// called by its name through the dispatcher. Scores are computed tile by tile and never stored;
/// the backward pass gets them back from the logarithm of each softmax's denominator.
///
/// Key heads that serve several query heads are not repeated in memory.
///
/// @see <a href="https://arxiv.org/abs/2205.14135">Dao et al., FlashAttention, 2022</a>
final class FusedAttention {
  private static final String FORWARD = "aten::_scaled_dot_product_flash_attention_for_cpu";
  private static final String BACKWARD = FORWARD + "_backward";
  private static final double DROPOUT = 0.0;

  private FusedAttention() {}

  /// The handles stay valid as long as the process.
  private static final class Operators {
    static final OperatorHandle FORWARD_HANDLE = find(FORWARD);
    static final OperatorHandle BACKWARD_HANDLE = find(BACKWARD);

    private static OperatorHandle find(String name) {
      LibTorch.load();
      OperatorHandle handle = Dispatcher.singleton().findSchemaOrThrow(name, "");
      // Also held by no scope that may be open when the first call is made.
      handle.retainReference();
      return handle;
    }
  }

  static Attended forward(Inputs inputs) {
    List<IValue> arguments = tensors(inputs.query(), inputs.key(), inputs.value());
    arguments.addAll(settings(inputs));
    List<Tensor> results = call(Operators.FORWARD_HANDLE, arguments, 2);
    return new Attended(results.getFirst(), Optional.of(results.getLast()));
  }

  static Gradients backward(Inputs inputs, Tensor output, Tensor logSums, Tensor gradient) {
    List<IValue> arguments =
        tensors(gradient, inputs.query(), inputs.key(), inputs.value(), output, logSums);
    arguments.addAll(settings(inputs));
    List<Tensor> results = call(Operators.BACKWARD_HANDLE, arguments, 3);
    return new Gradients(results.get(0), results.get(1), results.get(2));
  }

  private static List<IValue> tensors(Tensor... tensors) {
    var values = new ArrayList<IValue>();
    for (Tensor tensor : tensors) {
      values.add(new IValue(tensor.handle()));
    }
    return values;
  }

  /// Dropout, whether causal, mask and scale, the last arguments of both operators.
  private static List<IValue> settings(Inputs inputs) {
    IValue added =
        inputs.mask() instanceof Mask.Additive(Tensor scores)
            ? new IValue(scores.handle())
            : new IValue();
    return List.of(
        new IValue(DROPOUT),
        new IValue(inputs.mask() instanceof Mask.Causal),
        added,
        new IValue(inputs.scoring().scale()));
  }

  /// Arguments are a stack, which the operator replaces by its results.
  private static List<Tensor> call(OperatorHandle operator, List<IValue> arguments, int results) {
    try (var stack = new IValueVector(arguments.toArray(IValue[]::new))) {
      arguments.forEach(IValue::close);
      operator.callBoxed(stack);
      var tensors = new ArrayList<Tensor>();
      for (int i = 0; i < results; i++) {
        // A reference of its own: what the stack hands out dies with it.
        try (IValue value = stack.get(i)) {
          tensors.add(new Tensor(new org.bytedeco.pytorch.Tensor(value.toTensor())));
        }
      }
      return tensors;
    }
  }
}
