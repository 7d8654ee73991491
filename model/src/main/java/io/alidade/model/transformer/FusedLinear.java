package io.alidade.model.transformer;

import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.lora.LoraSlice;
import io.alidade.model.transformer.FusedMap.Part;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.Map;
import java.util.Optional;

/// A frozen linear map `y = x Wᵀ + b` of one or more fused parts, with an adapter beside it when
/// training: `y = x Wᵀ + b + scale · dropout(x) Aᵀ Bᵀ`.
///
/// @param matrix `W`, `[outputs, inputs]`
/// @param bias `[outputs]`, where the family has one
public record FusedLinear(FusedMatrix matrix, Optional<Tensor> bias, FusedMap map)
    implements AutoCloseable {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  /// An adapter with the dropout of one step.
  public record Adapted(LoraSlice slice, Dropout dropout) {
    public Adapted parts(int from, int to) {
      return new Adapted(slice.parts(from, to), dropout);
    }
  }

  /// Loads the parts into memory, in rotary order.
  public static FusedLinear load(CheckedWeights weights, FusedMap map) {
    Tensor matrix = Tensor.owned(weights.dtype(), map.outputs(), map.inputs());
    long row = 0;
    for (Part part : map.parts()) {
      try (var _ = TensorScope.open()) {
        Tensor rows = weights.read(part.name() + WEIGHT, part.outputs(), map.inputs());
        matrix.narrow(0, row, part.outputs()).copyFrom(part.order().toRotary(rows));
      }
      row += part.outputs();
    }
    return new FusedLinear(new HeldMatrix(matrix), bias(weights, map), map);
  }

  /// Leaves the matrix in its files; biases are loaded.
  public static FusedLinear map(CheckedWeights weights, FusedMap map) {
    return new FusedLinear(MappedMatrix.of(map, weights), bias(weights, map), map);
  }

  private static Optional<Tensor> bias(CheckedWeights weights, FusedMap map) {
    if (!map.bias()) {
      return Optional.empty();
    }
    Tensor bias = Tensor.owned(weights.dtype(), map.outputs());
    long row = 0;
    for (Part part : map.parts()) {
      try (var _ = TensorScope.open()) {
        loadBias(weights, part, bias.narrow(0, row, part.outputs()));
      }
      row += part.outputs();
    }
    return Optional.of(bias);
  }

  private static void loadBias(CheckedWeights weights, Part part, Tensor target) {
    Tensor values = weights.read(part.name() + BIAS, part.outputs()).view(part.outputs(), 1);
    target.copyFrom(part.order().toRotary(values).view(part.outputs()));
  }

  /// Puts the parts' weights and biases under their names in Hugging Face order, into the current
  /// scope.
  public void store(Map<String, Tensor> target) {
    long row = 0;
    for (Part part : map.parts()) {
      Tensor rows = matrix.held().narrow(0, row, part.outputs());
      target.put(part.name() + WEIGHT, part.order().toHuggingFace(rows));
      if (bias.isPresent()) {
        Tensor values = bias.get().narrow(0, row, part.outputs()).view(part.outputs(), 1);
        target.put(part.name() + BIAS, part.order().toHuggingFace(values).view(part.outputs()));
      }
      row += part.outputs();
    }
  }

  /// This map's adapter with the dropout of one step.
  public Adapted adapted(LoraAdapter lora, Dropout dropout) {
    return new Adapted(lora.slice(map.name()), dropout);
  }

  /// `[rows, inputs]` → `[rows, outputs]`.
  public Tensor forward(Tensor x) {
    Tensor y = Tensor.empty(x.dtype(), x.size(0), map.outputs());
    bias.ifPresent(y::copyFrom);
    matrix.forEachBlock(
        (start, rows) -> {
          Tensor columns = y.narrow(1, start, rows.size(0));
          if (bias.isPresent()) {
            columns.addMatmul(x, rows.t(), 1.0);
          } else {
            columns.setMatmul(x, rows.t(), 1.0);
          }
        });
    return y;
  }

  /// `target += x Wᵀ + b`.
  public void forwardAdding(Tensor x, Tensor target) {
    matrix.forEachBlock(
        (start, rows) -> target.narrow(1, start, rows.size(0)).addMatmul(x, rows.t(), 1.0));
    bias.ifPresent(target::add);
  }

  /// `dropout(x) Aᵀ`: `[rows, inputs]` → `[rows, parts · rank]`; the backward pass needs it again.
  public Tensor down(Tensor x, Adapted adapted) {
    Tensor a = adapted.slice().a();
    return Tensor.empty(x.dtype(), x.size(0), a.size(0))
        .setMatmul(adapted.dropout().apply(x), a.t(), 1.0);
  }

  /// Adds the adapter's part to an output: `target += scale · down Bᵀ`, part by part.
  public void addAdapter(Tensor down, LoraSlice lora, Tensor target) {
    int rank = lora.rank();
    long column = 0;
    for (int part = 0; part < lora.parts(); part++) {
      Tensor b = lora.b().get(part);
      target
          .narrow(1, column, b.size(0))
          .addMatmul(down.narrow(1, (long) part * rank, rank), b.t(), lora.scale());
      column += b.size(0);
    }
  }

  /// Adds to the adapter's gradients, and returns `scale · dy B`, the gradient of `dropout(x) Aᵀ`.
  public Tensor backwardAdapter(Tensor x, Tensor down, Tensor gradientY, Adapted adapted) {
    LoraSlice lora = adapted.slice();
    int rank = lora.rank();
    Tensor gradientDown = Tensor.empty(x.dtype(), x.size(0), lora.a().size(0));
    long column = 0;
    for (int part = 0; part < lora.parts(); part++) {
      Tensor b = lora.b().get(part);
      Tensor gradientPart = gradientY.narrow(1, column, b.size(0));
      Tensor downPart = down.narrow(1, (long) part * rank, rank);
      lora.gradientB().get(part).addMatmul(gradientPart.t(), downPart, lora.scale());
      gradientDown.narrow(1, (long) part * rank, rank).setMatmul(gradientPart, b, lora.scale());
      column += b.size(0);
    }
    lora.gradientA().addMatmul(gradientDown.t(), adapted.dropout().apply(x), 1.0);
    return gradientDown;
  }

  /// The gradient of the input: `dy W + dropout(scale · dy B A)`.
  public Tensor backwardInput(Tensor gradientY, Tensor gradientDown, Adapted adapted) {
    Tensor gradientX = Tensor.empty(gradientY.dtype(), gradientY.size(0), map.inputs());
    matrix.forEachBlock(
        (start, rows) -> {
          Tensor columns = gradientY.narrow(1, start, rows.size(0));
          if (start == 0) {
            gradientX.setMatmul(columns, rows, 1.0);
          } else {
            gradientX.addMatmul(columns, rows, 1.0);
          }
        });
    Tensor a = adapted.slice().a();
    if (adapted.dropout().active()) {
      return gradientX.add(adapted.dropout().apply(gradientDown.matmul(a)));
    }
    return gradientX.addMatmul(gradientDown, a, 1.0);
  }

  /// The map of some of the parts, sharing memory.
  public FusedLinear parts(int from, int to) {
    int start = 0;
    for (int i = 0; i < from; i++) {
      start += map.parts().get(i).outputs();
    }
    FusedMap narrowed = map.parts(from, to);
    long first = start;
    return new FusedLinear(
        matrix.rows(first, narrowed.outputs()),
        bias.map(b -> b.narrow(0, first, narrowed.outputs())),
        narrowed);
  }

  /// Adds the adapter to the weight for good: `W += scale · B A`.
  public void merge(LoraSlice lora) {
    long row = 0;
    for (int part = 0; part < lora.parts(); part++) {
      Tensor b = lora.b().get(part);
      Tensor a = lora.a().narrow(0, (long) part * lora.rank(), lora.rank());
      matrix.held().narrow(0, row, b.size(0)).addMatmul(b, a, lora.scale());
      row += b.size(0);
    }
  }

  @Override
  public void close() {
    matrix.close();
    bias.ifPresent(Tensor::close);
  }
}
