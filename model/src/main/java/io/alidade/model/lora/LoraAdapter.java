package io.alidade.model.lora;

import io.alidade.model.transformer.FusedMap;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SplittableRandom;

/// Low-rank adapters on all linear maps of a model's layers, from [LoraConfig#firstLayer] up.
///
/// All matrices are views into one flat vector, their gradients into another, so that the optimizer
/// works on two vectors and a checkpoint is one block. Rows of the query's and key's `B` are in the
/// model's own rotary order; [#matrices] gives them in Hugging Face order.
public final class LoraAdapter implements AutoCloseable {
  /// `A` and `B` of one linear map, in Hugging Face order: `[rank, inputs]` and `[outputs, rank]`.
  public record Matrices(Tensor a, Tensor b) {}

  private final LoraConfig config;
  private final List<FusedMap> maps;
  private final Tensor parameters;
  private final Tensor gradients;
  private final Map<String, LoraSlice> slices = new LinkedHashMap<>();

  /// @param maps those that are adapted
  private LoraAdapter(LoraConfig config, List<FusedMap> maps, DType dtype) {
    this(config, maps, Tensor.owned(dtype, size(config, maps)).fill(0));
  }

  private LoraAdapter(LoraConfig config, List<FusedMap> maps, Tensor parameters) {
    this.config = config;
    this.maps = List.copyOf(maps);
    this.parameters = parameters;
    this.gradients = Tensor.owned(parameters.dtype(), parameters.shape()).fill(0);
    try (var scope = TensorScope.open()) {
      long offset = 0;
      for (FusedMap fused : maps) {
        slices.put(fused.name(), slice(fused, offset, scope));
        offset += (long) config.rank() * (fused.parts().size() * fused.inputs() + fused.outputs());
      }
    }
  }

  /// An untrained adapter: `A` uniform as Kaiming's rule with slope √5 gives (PEFT's choice), `B`
  /// zero, so that the model starts as its backbone. A function of the seed.
  ///
  /// @param maps all of the model
  public static LoraAdapter initial(
      LoraConfig config, List<FusedMap> maps, DType dtype, long seed) {
    var adapter = new LoraAdapter(config, adapted(config, maps), dtype);
    var random = new SplittableRandom(seed);
    for (LoraSlice slice : adapter.slices.values()) {
      double bound = 1 / Math.sqrt((double) slice.a().size(1));
      double[] values = new double[(int) (slice.a().size(0) * slice.a().size(1))];
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextDouble(-bound, bound);
      }
      Tensor drawn = Tensor.of(values, slice.a().shape());
      slice.a().copyFrom(drawn);
      drawn.close();
    }
    return adapter;
  }

  /// An adapter with these matrices, by the linear maps' Hugging Face names such as
  /// `layers.0.self_attn.q_proj`; maps without an entry stay unadapted.
  public static LoraAdapter of(
      LoraConfig config, List<FusedMap> maps, DType dtype, Map<String, Matrices> matrices) {
    var adapter = new LoraAdapter(config, adapted(config, maps), dtype);
    for (FusedMap fused : adapter.maps) {
      LoraSlice slice = adapter.slice(fused.name());
      for (int part = 0; part < fused.parts().size(); part++) {
        Matrices given = matrices.get(fused.parts().get(part).name());
        if (given != null) {
          adapter.rowsOfA(slice.a(), part).copyFrom(given.a());
          slice.b().get(part).copyFrom(fused.parts().get(part).order().toRotary(given.b()));
        }
      }
    }
    return adapter;
  }

  /// The same trained values with gradients of its own, for a thread of its own. It must be closed
  /// before this adapter is.
  public LoraAdapter withOwnGradients() {
    try (var scope = TensorScope.open()) {
      Tensor view = scope.release(parameters.narrow(0, 0, parameters.size(0)));
      return new LoraAdapter(config, maps, view);
    }
  }

  private static List<FusedMap> adapted(LoraConfig config, List<FusedMap> maps) {
    List<FusedMap> adapted =
        maps.stream().filter(map -> map.layer() >= config.firstLayer()).toList();
    if (adapted.isEmpty()) {
      throw new IllegalArgumentException(
          "firstLayer must be below the number of layers, %d, is %d"
              .formatted(maps.getLast().layer() + 1, config.firstLayer()));
    }
    return adapted;
  }

  private static long size(LoraConfig config, List<FusedMap> maps) {
    long size = 0;
    for (FusedMap fused : maps) {
      size += (long) config.rank() * fused.parts().size() * fused.inputs();
      size += (long) config.rank() * fused.outputs();
    }
    return size;
  }

  public LoraConfig config() {
    return config;
  }

  /// All trainable values, `[count]`.
  public Tensor parameters() {
    return parameters;
  }

  /// The gradients of [#parameters], to which backward passes add.
  public Tensor gradients() {
    return gradients;
  }

  /// The adapter of a fused linear map, by its name in [FusedMap#name].
  public LoraSlice slice(String fusedName) {
    LoraSlice slice = slices.get(fusedName);
    if (slice == null) {
      throw new IllegalArgumentException("no adapted linear map is called " + fusedName);
    }
    return slice;
  }

  /// `A` and `B` of each linear map by Hugging Face name, in Hugging Face order.
  public SequencedMap<String, Matrices> matrices() {
    return matrices(false);
  }

  /// [#matrices] by the names of the files that the model comes from. A file's map that is several
  /// here has one adapter of so many times the rank: its `A` holds theirs one below the other, its
  /// `B` theirs along the diagonal.
  public SequencedMap<String, Matrices> storedMatrices() {
    SequencedMap<String, Matrices> byPart = matrices();
    var stored = new LinkedHashMap<String, Matrices>();
    for (FusedMap fused : maps) {
      var parts = new LinkedHashMap<String, Matrices>();
      fused.parts().forEach(part -> parts.put(part.name(), byPart.get(part.name())));
      if (fused.joined().isPresent()) {
        stored.put(fused.joined().get(), diagonal(List.copyOf(parts.values()), fused.outputs()));
      } else {
        stored.putAll(parts);
      }
    }
    return stored;
  }

  private Matrices diagonal(List<Matrices> parts, int outputs) {
    Tensor b = Tensor.zeros(parameters.dtype(), outputs, (long) parts.size() * config.rank());
    long row = 0;
    for (int i = 0; i < parts.size(); i++) {
      Tensor part = parts.get(i).b();
      b.narrow(0, row, part.size(0))
          .narrow(1, (long) i * config.rank(), config.rank())
          .copyFrom(part);
      row += part.size(0);
    }
    return new Matrices(Tensor.concatenate(parts.stream().map(Matrices::a).toList()), b);
  }

  /// The gradients in the form of [#matrices].
  public SequencedMap<String, Matrices> gradientMatrices() {
    return matrices(true);
  }

  private SequencedMap<String, Matrices> matrices(boolean ofGradients) {
    var matrices = new LinkedHashMap<String, Matrices>();
    for (FusedMap fused : maps) {
      LoraSlice slice = slice(fused.name());
      Tensor a = ofGradients ? slice.gradientA() : slice.a();
      List<Tensor> b = ofGradients ? slice.gradientB() : slice.b();
      for (int part = 0; part < fused.parts().size(); part++) {
        FusedMap.Part map = fused.parts().get(part);
        Tensor rows = map.order().toHuggingFace(b.get(part));
        matrices.put(map.name(), new Matrices(rowsOfA(a, part), rows));
      }
    }
    return matrices;
  }

  private Tensor rowsOfA(Tensor a, int part) {
    return a.narrow(0, (long) part * config.rank(), config.rank());
  }

  private LoraSlice slice(FusedMap fused, long offset, TensorScope scope) {
    long rowsOfA = (long) config.rank() * fused.parts().size();
    var b = new ArrayList<Tensor>();
    var gradientB = new ArrayList<Tensor>();
    long next = offset + rowsOfA * fused.inputs();
    for (FusedMap.Part part : fused.parts()) {
      b.add(scope.release(matrix(parameters, next, part.outputs(), config.rank())));
      gradientB.add(scope.release(matrix(gradients, next, part.outputs(), config.rank())));
      next += (long) part.outputs() * config.rank();
    }
    return new LoraSlice(
        scope.release(matrix(parameters, offset, rowsOfA, fused.inputs())),
        b,
        scope.release(matrix(gradients, offset, rowsOfA, fused.inputs())),
        gradientB,
        config.scale());
  }

  private static Tensor matrix(Tensor flat, long offset, long rows, long columns) {
    return flat.narrow(0, offset, rows * columns).view(rows, columns);
  }

  @Override
  public void close() {
    for (LoraSlice slice : slices.values()) {
      slice.a().close();
      slice.gradientA().close();
      slice.b().forEach(Tensor::close);
      slice.gradientB().forEach(Tensor::close);
    }
    parameters.close();
    gradients.close();
  }
}
