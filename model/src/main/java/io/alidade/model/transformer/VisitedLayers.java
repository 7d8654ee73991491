package io.alidade.model.transformer;

import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// Layers of a [TrainingPass] that have been run forwards, to be run backwards from the last to the
/// first, each once. What a layer keeps is freed as soon as it has been run backwards; if the
/// settings say so, only its input is kept, and the layer is run forwards again.
///
/// @param <S> what a layer keeps
public final class VisitedLayers<S extends VisitedLayers.Saved> implements AutoCloseable {

  /// What a layer's backward pass needs.
  public interface Saved {
    /// All but the layer's input, which belongs to the caller.
    List<Tensor> ownTensors();
  }

  /// A layer in training.
  public interface Layer<S> {
    /// Leaves its input, `[rows, hidden]`, as it is.
    Forward<S> forward(Tensor x, Batch batch, PassTuning tuning);

    /// Adds to the gradients of what is trained, and turns the gradient of the output, `[rows,
    /// hidden]`, into that of the input, in place. Where nothing below is trained, that part is
    /// left out.
    void backward(Tensor gradient, S saved, Batch batch, PassTuning tuning, boolean inputNeeded);
  }

  /// The output, `[rows, hidden]`, and what running backwards needs.
  public record Forward<S>(Tensor output, S saved) {}

  /// @param place of the layer in its model, as [PassSettings#turn] counts places
  /// @param saved nothing where it is computed again
  private record Visited<S>(Layer<S> layer, int place, Tensor input, Optional<S> saved) {}

  private final Batch batch;
  private final PassTuning tuning;
  private final PassSettings settings;
  private final Deque<Visited<S>> visited = new ArrayDeque<>();
  private final KeptTensors kept = new KeptTensors();

  public VisitedLayers(Batch batch, PassTuning tuning, PassSettings settings) {
    this.batch = batch;
    this.tuning = tuning;
    this.settings = settings;
  }

  /// Runs layers forwards, of which the first has this place: `[rows, hidden]` → `[rows, hidden]`.
  /// The states between them are kept, the last among them.
  public Tensor forward(List<? extends Layer<S>> layers, int place, Tensor x) {
    Tensor states = x;
    for (Layer<S> layer : layers) {
      states = forward(layer, place++, states);
    }
    return states;
  }

  private Tensor forward(Layer<S> layer, int place, Tensor x) {
    try (var scope = TensorScope.open()) {
      Forward<S> forward = layer.forward(x, batch, tuning);
      if (settings.recompute()) {
        visited.push(new Visited<>(layer, place, x, Optional.empty()));
      } else {
        kept.keep(scope, forward.saved.ownTensors());
        visited.push(new Visited<>(layer, place, x, Optional.of(forward.saved)));
      }
      kept.keep(scope, List.of(forward.output));
      return forward.output;
    }
  }

  /// Runs all of them backwards, and turns the gradient behind the last into that before the first,
  /// in place.
  ///
  /// @param inputNeeded whether anything before the first is trained; else that part is left out
  public void backward(Tensor gradient, boolean inputNeeded) {
    while (!visited.isEmpty()) {
      Visited<S> last = visited.pop();
      backward(last, gradient, inputNeeded || !visited.isEmpty());
    }
  }

  private void backward(Visited<S> visit, Tensor gradient, boolean inputNeeded) {
    try (var _ = TensorScope.open()) {
      S saved = visit.saved.orElseGet(() -> visit.layer.forward(visit.input, batch, tuning).saved);
      settings.turn().begin(visit.place);
      visit.layer.backward(gradient, saved, batch, tuning, inputNeeded);
      settings.turn().end(visit.place);
    }
    visit.saved.ifPresent(saved -> kept.free(saved.ownTensors()));
    kept.free(List.of(visit.input));
  }

  /// Bytes of what is kept now.
  public long bytes() {
    return kept.bytes();
  }

  @Override
  public void close() {
    kept.close();
  }
}
