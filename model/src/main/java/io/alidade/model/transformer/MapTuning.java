package io.alidade.model.transformer;

import io.alidade.model.lora.LoraSlice;
import io.alidade.tensor.Tensor;
import java.util.Optional;

/// What of a linear map is trained in one pass.
public sealed interface MapTuning {
  MapTuning NOTHING = new Frozen();

  /// What is trained of some of the parts, sharing memory.
  MapTuning parts(FusedMap map, int from, int to);

  /// Nothing.
  record Frozen() implements MapTuning {
    @Override
    public MapTuning parts(FusedMap map, int from, int to) {
      return this;
    }
  }

  /// Adapters beside some of its parts, with the dropout of the pass.
  record Adapted(LoraSlice slice, Dropout dropout) implements MapTuning {
    @Override
    public MapTuning parts(FusedMap map, int from, int to) {
      LoraSlice part = slice.parts(map, from, to);
      return part.parts().isEmpty() ? NOTHING : new Adapted(part, dropout);
    }
  }

  /// The map itself, by its gradients.
  ///
  /// @param matrix `[outputs, inputs]`
  /// @param bias `[outputs]`, where the map has one
  record Whole(Tensor matrix, Optional<Tensor> bias) implements MapTuning {
    @Override
    public MapTuning parts(FusedMap map, int from, int to) {
      long start = map.start(from);
      long count = map.start(to) - start;
      return new Whole(
          matrix.narrow(0, start, count), bias.map(values -> values.narrow(0, start, count)));
    }
  }
}
