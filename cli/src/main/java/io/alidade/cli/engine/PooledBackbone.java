package io.alidade.cli.engine;

import io.alidade.core.Embedder;
import io.alidade.core.TextInput;
import io.alidade.model.TextEmbedder;
import io.alidade.model.head.Pooling;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;

/// An untrained backbone as several models, one a pooling. The states of a text are computed once,
/// whichever of the models is asked for its vector first; the vectors of all are kept for the
/// others.
public final class PooledBackbone implements AutoCloseable {
  private final TextEmbedder embedder;
  private final int width;
  private final Map<Pooling, LoadedModel> models = new EnumMap<>(Pooling.class);

  /// By text, the vectors of all poolings one behind the other.
  private final Map<TextInput, float[]> known = new HashMap<>();

  /// @param embedder pools in all these ways at once; owned by this from now on
  /// @param describe makes a model of the embedder of one pooling
  PooledBackbone(
      TextEmbedder embedder,
      List<Pooling> poolings,
      BiFunction<Embedder, Pooling, LoadedModel> describe) {
    this.embedder = embedder;
    this.width = embedder.dimensions() / poolings.size();
    for (int i = 0; i < poolings.size(); i++) {
      models.put(poolings.get(i), describe.apply(new View(i * width), poolings.get(i)));
    }
  }

  /// The model of one of the poolings. It need not be closed.
  public LoadedModel model(Pooling pooling) {
    return Objects.requireNonNull(models.get(pooling), pooling::words);
  }

  private synchronized List<float[]> vectors(List<TextInput> inputs) {
    var missing = new LinkedHashSet<>(inputs);
    missing.removeAll(known.keySet());
    List<TextInput> texts = new ArrayList<>(missing);
    float[][] vectors = embedder.embed(texts);
    for (int i = 0; i < vectors.length; i++) {
      known.put(texts.get(i), vectors[i]);
    }
    return inputs.stream().map(known::get).toList();
  }

  /// The vectors of one pooling.
  private final class View implements Embedder {
    private final int start;

    View(int start) {
      this.start = start;
    }

    @Override
    public String name() {
      return embedder.name();
    }

    @Override
    public int dimensions() {
      return width;
    }

    @Override
    public float[][] embed(List<TextInput> inputs) {
      return vectors(inputs).stream().map(this::part).toArray(float[][]::new);
    }

    private float[] part(float[] all) {
      double squares = 0;
      for (int i = start; i < start + width; i++) {
        squares += (double) all[i] * all[i];
      }
      double norm = Math.sqrt(squares);
      float[] part = new float[width];
      for (int i = 0; i < width; i++) {
        part[i] = (float) (all[start + i] / norm);
      }
      return part;
    }

    @Override
    public void close() {}
  }

  @Override
  public void close() {
    embedder.close();
  }
}
