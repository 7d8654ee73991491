package io.alidade.cli.engine;

import io.alidade.core.Embedder;
import io.alidade.core.TextInput;
import io.alidade.eval.ModelDescription;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A model that is ready to embed, with what its folder says about it.
///
/// @param folder where it was read from, for manifests; the folder of a name from the hub or a
///   wheel is the cache's
/// @param defaultInstruction the bare task sentence for queries where none is given; may be empty
/// @param prompts task sentences by name
/// @param golden texts with the vectors that any server of the model must give; may be empty
public record LoadedModel(
    Embedder embedder,
    ModelDescription description,
    Path folder,
    String defaultInstruction,
    Map<String, String> prompts,
    List<Golden> golden)
    implements AutoCloseable {

  /// One text and its normalised vector.
  public record Golden(TextInput input, List<Float> vector) {
    public Golden {
      vector = List.copyOf(vector);
    }
  }

  public LoadedModel {
    prompts = Map.copyOf(prompts);
    golden = List.copyOf(golden);
  }

  @Override
  public void close() {
    embedder.close();
  }
}
