package io.alidade.model.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/// Copies golden files out of testkit's resources, which may lie in a jar, to where they can be
/// mapped.
final class Goldens {
  private static final String ROOT = "/io/alidade/testkit/golden/";

  private Goldens() {}

  static Path quantization(Path folder, String name) {
    Path copy = folder.resolve(name);
    String resource = ROOT + "quantization/" + name;
    try (var in = Objects.requireNonNull(Goldens.class.getResourceAsStream(resource), resource)) {
      Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return copy;
  }
}
