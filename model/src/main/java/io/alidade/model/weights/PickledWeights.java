package io.alidade.model.weights;

import io.alidade.core.DataException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// PyTorch's pickled weights, `*.bin`. A pickle is a program that runs as it is read, so these
/// files are named and never read.
public final class PickledWeights {
  private PickledWeights() {}

  /// Refuses a folder that has pickles instead of a safetensors file.
  ///
  /// @param wanted the file that is to be opened
  /// @param pickles the names under which PyTorch's tools store the same
  /// @param conversion what to run in Python to get the wanted file
  public static void refuseInPlaceOf(Path wanted, List<String> pickles, String conversion) {
    if (Files.exists(wanted)) {
      return;
    }
    for (String pickle : pickles) {
      Path file = wanted.resolveSibling(pickle);
      if (Files.exists(file)) {
        throw new DataException(
            file,
            "is a pickle, which could run code when it is read; in Python, %s writes %s beside it"
                .formatted(conversion, wanted.getFileName()));
      }
    }
  }
}
