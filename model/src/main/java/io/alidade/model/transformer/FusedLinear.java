package io.alidade.model.transformer;

import io.alidade.model.ComputeTypes;
import io.alidade.model.lora.LoraSlice;
import io.alidade.model.transformer.FusedMap.Part;
import io.alidade.model.transformer.MapTuning.Adapted;
import io.alidade.model.transformer.MapTuning.Frozen;
import io.alidade.model.transformer.MapTuning.Whole;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A linear map `y = x Wᵀ + b` of one or more fused parts. In training it is frozen, or trained
/// itself, or has adapters beside some of its parts: `y = x Wᵀ + b + scale · dropout(x) Aᵀ Bᵀ`.
///
/// @param matrix `W`, `[outputs, inputs]`
/// @param bias `[outputs]`, where the family has one
public record FusedLinear(FusedMatrix matrix, Optional<Tensor> bias, FusedMap map)
    implements AutoCloseable {
  static final String WEIGHT = ".weight";
  static final String BIAS = ".bias";

  /// Loads the parts into memory, in rotary order.
  public static FusedLinear load(CheckedWeights weights, FusedMap map) {
    ComputeTypes types = weights.types();
    Tensor matrix = Tensor.owned(types.matrices(), map.outputs(), map.inputs());
    long row = 0;
    for (Part part : map.parts()) {
      try (var _ = TensorScope.open()) {
        Tensor rows = weights.read(part.name() + WEIGHT, part.outputs(), map.inputs());
        matrix.narrow(0, row, part.outputs()).copyFrom(part.order().toRotary(rows));
      }
      row += part.outputs();
    }
    Products products = Products.in(types.products(), types.states());
    return new FusedLinear(new HeldMatrix(matrix, products), bias(weights, map), map);
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

  /// Its trainable weights, in rotary order; they belong to the map.
  public List<FullWeights.Weight> trainable() {
    var weights = new ArrayList<FullWeights.Weight>();
    weights.add(new FullWeights.Weight(map.name() + WEIGHT, matrix.held(), true));
    bias.ifPresent(b -> weights.add(new FullWeights.Weight(map.name() + BIAS, b, false)));
    return weights;
  }

  /// `[rows, inputs]` → `[rows, outputs]`.
  public Tensor forward(Tensor x) {
    Tensor y = Tensor.empty(x.dtype(), x.size(0), map.outputs());
    Products products = matrix.products();
    bias.ifPresent(y::copyFrom);
    matrix.forEachBlock(
        (start, rows) -> {
          Tensor columns = y.narrow(1, start, rows.size(0));
          if (bias.isPresent()) {
            products.add(columns, x, rows.t(), 1.0);
          } else {
            products.set(columns, x, rows.t(), 1.0);
          }
        });
    return y;
  }

  /// `target += x Wᵀ + b`.
  public void forwardAdding(Tensor x, Tensor target) {
    Products products = matrix.products();
    matrix.forEachBlock(
        (start, rows) -> products.add(target.narrow(1, start, rows.size(0)), x, rows.t(), 1.0));
    bias.ifPresent(target::add);
  }

  /// `dropout(x) Aᵀ`: `[rows, inputs]` → `[rows, adapted parts · rank]`, without columns where
  /// there is no adapter; the backward pass needs it again.
  public Tensor down(Tensor x, MapTuning tuning) {
    if (!(tuning instanceof Adapted(LoraSlice lora, Dropout dropout))) {
      return Tensor.empty(x.dtype(), x.size(0), 0);
    }
    Tensor down = Tensor.empty(x.dtype(), x.size(0), lora.a().size(0));
    return matrix.products().set(down, dropout.apply(x), lora.a().t(), 1.0);
  }

  /// Adds the adapter's part to an output: `target += scale · down Bᵀ`, part by part.
  public void addAdapter(Tensor down, MapTuning tuning, Tensor target) {
    if (tuning instanceof Adapted(LoraSlice lora, Dropout _)) {
      int rank = lora.rank();
      long column = 0;
      for (LoraSlice.Part part : lora.parts()) {
        Tensor outputs = target.narrow(1, part.start(), part.outputs());
        matrix.products().add(outputs, down.narrow(1, column, rank), part.b().t(), lora.scale());
        column += rank;
      }
    }
  }

  /// Adds to the gradients of what is trained, and returns that of [#down].
  public Tensor backwardWeights(Tensor x, Tensor down, Tensor gradientY, MapTuning tuning) {
    return switch (tuning) {
      case Frozen _ -> down;
      case Whole whole -> {
        matrix.products().add(whole.matrix(), gradientY.t(), x, 1.0);
        whole.bias().ifPresent(values -> values.add(gradientY.sumFirst()));
        yield down;
      }
      case Adapted adapted -> backwardAdapter(x, down, gradientY, adapted);
    };
  }

  /// Returns `scale · dy B`, the gradient of `dropout(x) Aᵀ`.
  private Tensor backwardAdapter(Tensor x, Tensor down, Tensor gradientY, Adapted adapted) {
    LoraSlice lora = adapted.slice();
    Products products = matrix.products();
    int rank = lora.rank();
    Tensor gradientDown = Tensor.empty(x.dtype(), x.size(0), lora.a().size(0));
    long column = 0;
    for (LoraSlice.Part part : lora.parts()) {
      Tensor gradientPart = gradientY.narrow(1, part.start(), part.outputs());
      Tensor downPart = down.narrow(1, column, rank);
      products.add(part.gradientB(), gradientPart.t(), downPart, lora.scale());
      products.set(gradientDown.narrow(1, column, rank), gradientPart, part.b(), lora.scale());
      column += rank;
    }
    products.add(lora.gradientA(), gradientDown.t(), adapted.dropout().apply(x), 1.0);
    return gradientDown;
  }

  /// The gradient of the input: `dy W + dropout(scale · dy B A)`.
  public Tensor backwardInput(Tensor gradientY, Tensor gradientDown, MapTuning tuning) {
    Products products = matrix.products();
    Tensor gradientX = Tensor.empty(gradientY.dtype(), gradientY.size(0), map.inputs());
    matrix.forEachBlock(
        (start, rows) -> {
          Tensor columns = gradientY.narrow(1, start, rows.size(0));
          if (start == 0) {
            products.set(gradientX, columns, rows, 1.0);
          } else {
            products.add(gradientX, columns, rows, 1.0);
          }
        });
    if (!(tuning instanceof Adapted(LoraSlice lora, Dropout dropout))) {
      return gradientX;
    }
    if (dropout.active()) {
      Tensor dropped = Tensor.empty(gradientX.dtype(), gradientX.shape());
      return gradientX.add(dropout.apply(products.set(dropped, gradientDown, lora.a(), 1.0)));
    }
    return products.add(gradientX, gradientDown, lora.a(), 1.0);
  }

  /// The map of some of the parts, sharing memory.
  public FusedLinear parts(int from, int to) {
    long start = map.start(from);
    FusedMap narrowed = map.parts(from, to);
    return new FusedLinear(
        matrix.rows(start, narrowed.outputs()),
        bias.map(b -> b.narrow(0, start, narrowed.outputs())),
        narrowed);
  }

  /// Adds the adapter to the weight for good: `W += scale · B A`.
  public void merge(LoraSlice lora) {
    int rank = lora.rank();
    long row = 0;
    for (LoraSlice.Part part : lora.parts()) {
      Tensor a = lora.a().narrow(0, row, rank);
      matrix.held().narrow(0, part.start(), part.outputs()).addMatmul(part.b(), a, lora.scale());
      row += rank;
    }
  }

  @Override
  public void close() {
    matrix.close();
    bias.ifPresent(Tensor::close);
  }
}
