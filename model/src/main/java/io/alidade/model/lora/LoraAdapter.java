package io.alidade.model.lora;

import io.alidade.model.transformer.Dropout;
import io.alidade.model.transformer.FusedMap;
import io.alidade.model.transformer.MapTuning;
import io.alidade.model.transformer.TrainedWeights;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Low-rank adapters on linear maps of a model's layers: those that [LoraConfig#targets] names,
/// from [LoraConfig#firstLayer] up.
///
/// All matrices are views into one flat vector, their gradients into another, so that the optimizer
/// works on two vectors and a checkpoint is one block. Rows of the query's and key's `B` are in the
/// model's own rotary order; [#matrices] gives them in Hugging Face order.
public final class LoraAdapter implements TrainedWeights {
  /// `A` and `B` of one linear map, in Hugging Face order: `[rank, inputs]` and `[outputs, rank]`.
  public record Matrices(Tensor a, Tensor b) {}

  /// A fused map of which parts are adapted.
  ///
  /// @param place of the map in its model, which dropout's masks depend on
  /// @param parts indices of the adapted ones
  /// @param slice their matrices
  private record Adapted(FusedMap map, int place, List<Integer> parts, LoraSlice slice) {}

  private final LoraConfig config;
  private final List<FusedMap> maps;
  private final Tensor parameters;
  private final Tensor gradients;
  private final SequencedMap<String, Adapted> adapted = new LinkedHashMap<>();

  /// @param maps all of the model
  private LoraAdapter(LoraConfig config, List<FusedMap> maps, Tensor parameters) {
    this.config = config;
    this.maps = List.copyOf(maps);
    this.parameters = parameters;
    this.gradients = Tensor.owned(parameters.dtype(), parameters.shape()).fill(0);
    try (var scope = TensorScope.open()) {
      long offset = 0;
      for (int place = 0; place < maps.size(); place++) {
        FusedMap fused = maps.get(place);
        List<Integer> parts = adaptedParts(config, fused);
        if (!parts.isEmpty()) {
          LoraSlice slice = slice(fused, parts, offset, scope);
          adapted.put(fused.name(), new Adapted(fused, place, parts, slice));
          offset += size(config, fused, parts);
        }
      }
    }
  }

  private static LoraAdapter zeros(LoraConfig config, List<FusedMap> maps, DType dtype) {
    requireAny(config, maps);
    long size = maps.stream().mapToLong(map -> size(config, map, adaptedParts(config, map))).sum();
    return new LoraAdapter(config, maps, Tensor.owned(dtype, size).fill(0));
  }

  /// An untrained adapter: `A` uniform as Kaiming's rule with slope √5 gives (PEFT's choice), `B`
  /// zero, so that the model starts as its backbone. A function of the seed.
  ///
  /// @param maps all of the model
  public static LoraAdapter initial(
      LoraConfig config, List<FusedMap> maps, DType dtype, long seed) {
    LoraAdapter adapter = zeros(config, maps, dtype);
    var random = new SplittableRandom(seed);
    for (Adapted each : adapter.adapted.values()) {
      Tensor a = each.slice().a();
      double bound = 1 / Math.sqrt((double) a.size(1));
      double[] values = new double[(int) (a.size(0) * a.size(1))];
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextDouble(-bound, bound);
      }
      Tensor drawn = Tensor.of(values, a.shape());
      a.copyFrom(drawn);
      drawn.close();
    }
    return adapter;
  }

  /// An adapter with these matrices, by the linear maps' Hugging Face names such as
  /// `layers.0.self_attn.q_proj`; adapters without an entry are zero.
  public static LoraAdapter of(
      LoraConfig config, List<FusedMap> maps, DType dtype, Map<String, Matrices> matrices) {
    LoraAdapter adapter = zeros(config, maps, dtype);
    for (Adapted each : adapter.adapted.values()) {
      for (int i = 0; i < each.parts().size(); i++) {
        FusedMap.Part part = each.map().parts().get(each.parts().get(i));
        Matrices given = matrices.get(part.name());
        if (given != null) {
          adapter.rowsOfA(each.slice().a(), i).copyFrom(given.a());
          each.slice().parts().get(i).b().copyFrom(part.order().toRotary(given.b()));
        }
      }
    }
    return adapter;
  }

  @Override
  public LoraAdapter ofThread() {
    try (var scope = TensorScope.open()) {
      Tensor view = scope.release(parameters.narrow(0, 0, parameters.size(0)));
      return new LoraAdapter(config, maps, view);
    }
  }

  private static void requireAny(LoraConfig config, List<FusedMap> maps) {
    if (config.firstLayer() > maps.getLast().layer()) {
      throw new IllegalArgumentException(
          "firstLayer must be below the number of layers, %d, is %d"
              .formatted(maps.getLast().layer() + 1, config.firstLayer()));
    }
    config
        .targets()
        .refusal(maps)
        .ifPresent(
            refusal -> {
              throw new IllegalArgumentException("targets " + refusal);
            });
  }

  private static List<Integer> adaptedParts(LoraConfig config, FusedMap map) {
    return IntStream.range(0, map.layer() < config.firstLayer() ? 0 : map.parts().size())
        .filter(part -> config.targets().contain(map.parts().get(part).name()))
        .boxed()
        .toList();
  }

  /// Values of the adapters of some parts of a map.
  private static long size(LoraConfig config, FusedMap map, List<Integer> parts) {
    long outputs = parts.stream().mapToLong(part -> map.parts().get(part).outputs()).sum();
    return config.rank() * (parts.size() * (long) map.inputs() + outputs);
  }

  public LoraConfig config() {
    return config;
  }

  @Override
  public int firstLayer() {
    return config.firstLayer();
  }

  @Override
  public double dropout() {
    return config.dropout();
  }

  @Override
  public MapTuning map(FusedMap map, Dropout dropout) {
    Adapted found = adapted.get(map.name());
    return found == null
        ? MapTuning.NOTHING
        : new MapTuning.Adapted(found.slice(), dropout.at(found.place()));
  }

  /// Nothing: all but linear maps is frozen.
  @Override
  public Optional<Tensor> gradient(String weight) {
    return Optional.empty();
  }

  /// All trainable values, `[count]`.
  public Tensor parameters() {
    return parameters;
  }

  /// The gradients of [#parameters], `[count]`, to which backward passes add.
  public Tensor gradients() {
    return gradients;
  }

  @Override
  public List<Tensor> vectors() {
    return List.of(parameters);
  }

  @Override
  public List<Tensor> gradientVectors() {
    return List.of(gradients);
  }

  @Override
  public List<Tensor> decayed() {
    return vectors();
  }

  @Override
  public boolean sharesGradients() {
    return false;
  }

  @Override
  public void collect(TrainedWeights ofThread) {
    Tensor added = ofThread.gradientVectors().getFirst();
    gradients.add(added);
    added.fill(0);
  }

  /// The adapter of a fused linear map, by its name in [FusedMap#name]; nothing where it has none.
  public Optional<LoraSlice> slice(String fusedName) {
    return Optional.ofNullable(adapted.get(fusedName)).map(Adapted::slice);
  }

  /// `A` and `B` of each adapted linear map by Hugging Face name, in Hugging Face order.
  public SequencedMap<String, Matrices> matrices() {
    return matrices(false);
  }

  /// [#matrices] by the names of the files that the model comes from. A file's map that is several
  /// here has one adapter of so many times the rank: its `A` holds theirs one below the other, its
  /// `B` theirs along the diagonal.
  public SequencedMap<String, Matrices> storedMatrices() {
    SequencedMap<String, Matrices> byPart = matrices();
    var stored = new LinkedHashMap<String, Matrices>();
    for (Adapted each : adapted.values()) {
      var parts = new LinkedHashMap<String, Matrices>();
      for (int part : each.parts()) {
        String name = each.map().parts().get(part).name();
        parts.put(name, byPart.get(name));
      }
      if (each.map().joined().isPresent()) {
        stored.put(each.map().joined().get(), diagonal(each, List.copyOf(parts.values())));
      } else {
        stored.putAll(parts);
      }
    }
    return stored;
  }

  /// Rows of parts that are not adapted are zero.
  private Matrices diagonal(Adapted adapter, List<Matrices> parts) {
    int rank = config.rank();
    Tensor b =
        Tensor.zeros(parameters.dtype(), adapter.map().outputs(), (long) parts.size() * rank);
    for (int i = 0; i < parts.size(); i++) {
      Tensor part = parts.get(i).b();
      b.narrow(0, adapter.slice().parts().get(i).start(), part.size(0))
          .narrow(1, (long) i * rank, rank)
          .copyFrom(part);
    }
    return new Matrices(Tensor.concatenate(parts.stream().map(Matrices::a).toList()), b);
  }

  /// The gradients in the form of [#matrices].
  public SequencedMap<String, Matrices> gradientMatrices() {
    return matrices(true);
  }

  private SequencedMap<String, Matrices> matrices(boolean ofGradients) {
    var matrices = new LinkedHashMap<String, Matrices>();
    for (Adapted each : adapted.values()) {
      LoraSlice slice = each.slice();
      Tensor a = ofGradients ? slice.gradientA() : slice.a();
      for (int i = 0; i < slice.parts().size(); i++) {
        LoraSlice.Part part = slice.parts().get(i);
        FusedMap.Part map = each.map().parts().get(part.index());
        Tensor b = ofGradients ? part.gradientB() : part.b();
        matrices.put(map.name(), new Matrices(rowsOfA(a, i), map.order().toHuggingFace(b)));
      }
    }
    return matrices;
  }

  private Tensor rowsOfA(Tensor a, int part) {
    return a.narrow(0, (long) part * config.rank(), config.rank());
  }

  private LoraSlice slice(FusedMap map, List<Integer> adapted, long offset, TensorScope scope) {
    long rowsOfA = (long) config.rank() * adapted.size();
    var parts = new ArrayList<LoraSlice.Part>();
    long next = offset + rowsOfA * map.inputs();
    for (int index : adapted) {
      int outputs = map.parts().get(index).outputs();
      parts.add(
          new LoraSlice.Part(
              index,
              map.start(index),
              scope.release(matrix(parameters, next, outputs, config.rank())),
              scope.release(matrix(gradients, next, outputs, config.rank()))));
      next += (long) outputs * config.rank();
    }
    return new LoraSlice(
        scope.release(matrix(parameters, offset, rowsOfA, map.inputs())),
        scope.release(matrix(gradients, offset, rowsOfA, map.inputs())),
        parts,
        config.scale());
  }

  private static Tensor matrix(Tensor flat, long offset, long rows, long columns) {
    return flat.narrow(0, offset, rows * columns).view(rows, columns);
  }

  @Override
  public void close() {
    adapted.values().forEach(each -> each.slice().close());
    parameters.close();
    gradients.close();
  }
}
