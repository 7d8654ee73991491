package io.alidade.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The expected results that the scripts in `testkit/scripts` took from the reference
/// implementations, by their path below `golden/`.
public final class Golden {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Golden() {}

  public static JsonNode json(String path) {
    try (InputStream in = open(path)) {
      return JSON.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A copy of the file in a folder, for readers that need a path.
  public static Path file(String path, Path folder) {
    Path copy = folder.resolve(Path.of(path).getFileName().toString());
    try (InputStream in = open(path)) {
      Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A copy of a sentence-transformers folder, whole and ready to load.
  ///
  /// @param name such as `last-token`; `testkit/scripts/golden_sentence_transformers.py` has them
  /// @return the folder
  public static Path sentenceTransformers(String name, Path folder) {
    String golden = "sentence-transformers/" + name;
    for (JsonNode listed : json(golden + "/files.json")) {
      Path target = folder.resolve(listed.asString());
      file(golden + "/" + listed.asString(), created(target.resolveSibling("")));
    }
    String family = json(golden + "/golden.json").path("family").asString("qwen3");
    file("families/" + family + "/model.safetensors", folder);
    return folder;
  }

  private static Path created(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(String path) {
    InputStream in = Golden.class.getResourceAsStream("golden/" + path);
    if (in == null) {
      throw new IllegalArgumentException("no golden file " + path);
    }
    return in;
  }
}
