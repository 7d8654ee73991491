package io.alidade.onnx.export;

import io.alidade.core.DataException;
import io.alidade.model.weights.SafetensorsWriter.Item;
import io.alidade.model.weights.WeightSource;
import io.alidade.onnx.graph.Initializer;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// An encoder's weights as constants of a graph: found under any of the names that files have for
/// them, of the shape that `config.json` asks for, and read only when they are written.
final class EncoderWeights {
  /// What stands before the names of models that were saved with a head.
  private static final List<String> PREFIXES = List.of("", "bert.", "roberta.");

  private final Path folder;
  private final WeightSource source;
  private final Set<String> names;

  EncoderWeights(Path folder, WeightSource source) {
    this.folder = folder;
    this.source = source;
    this.names = new HashSet<>(source.names());
  }

  /// A tensor as it is.
  Initializer tensor(String name, long... shape) {
    return initializer(name, shape, UnaryOperator.identity(), shape);
  }

  /// A linear map `[outputs, inputs]`, turned into `[inputs, outputs]` for `MatMul`.
  Initializer map(String name, long outputs, long inputs) {
    return initializer(name, new long[] {outputs, inputs}, Tensor::t, inputs, outputs);
  }

  private Initializer initializer(
      String name, long[] stored, UnaryOperator<Tensor> change, long... shape) {
    String found = stored(name);
    long[] actual = source.shape(found);
    if (!Arrays.equals(actual, stored)) {
      throw new DataException(
          folder,
          "tensor \"%s\" has shape %s, config.json asks for %s"
              .formatted(found, Arrays.toString(actual), Arrays.toString(stored)));
    }
    return Initializer.of(
        new Item(
            name,
            DType.FLOAT32,
            Arrays.stream(shape).boxed().toList(),
            () -> change.apply(read(found))));
  }

  private Tensor read(String stored) {
    Tensor tensor = source.tensor(stored, DType.FLOAT32);
    if (!tensor.allFinite()) {
      throw new DataException(
          folder,
          "tensor \"%s\" holds values that are infinite or no numbers; the file is damaged"
              .formatted(stored));
    }
    return tensor;
  }

  private String stored(String name) {
    return PREFIXES.stream()
        .flatMap(prefix -> spellings(name).map(spelling -> prefix + spelling))
        .filter(names::contains)
        .findFirst()
        .orElseThrow(() -> new DataException(folder, "has no tensor \"%s\"".formatted(name)));
  }

  /// BERT's first files call the two vectors of a layer norm gamma and beta.
  private static Stream<String> spellings(String name) {
    var spellings = new ArrayList<>(List.of(name));
    if (name.endsWith("LayerNorm.weight")) {
      spellings.add(name.replaceFirst("weight$", "gamma"));
    } else if (name.endsWith("LayerNorm.bias")) {
      spellings.add(name.replaceFirst("bias$", "beta"));
    }
    return spellings.stream();
  }
}
