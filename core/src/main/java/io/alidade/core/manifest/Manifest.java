package io.alidade.core.manifest;

import io.alidade.core.AtomicFiles;
import io.alidade.core.DataException;
import io.alidade.core.Hardware;
import io.alidade.core.ParserMessage;
import io.alidade.core.Versions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// How a stage's folder came to be: `manifest.json`. `alidade lineage` walks from one to the next
/// by their inputs.
///
/// @param formatVersion the layout of the file, [#FORMAT_VERSION] when written by this version
/// @param stage `train`, `evaluate`, `generate` and so on
/// @param recipe every key with the value that was used
/// @param counts how much of what, such as `examples` and `steps`
/// @param started the moment in ISO 8601, UTC
/// @param finished the same, or empty while the stage is not done
public record Manifest(
    int formatVersion,
    String stage,
    ObjectNode recipe,
    long seed,
    Map<String, String> versions,
    Map<String, String> hardware,
    Map<String, Long> counts,
    List<Input> inputs,
    String started,
    String finished) {
  public static final String FILE_NAME = "manifest.json";
  public static final int FORMAT_VERSION = 1;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  public Manifest {
    recipe = recipe.deepCopy();
    versions = sorted(versions);
    hardware = sorted(hardware);
    counts = sorted(counts);
    inputs = List.copyOf(inputs);
  }

  /// A manifest of work that starts now on this machine.
  ///
  /// @param versions what this stage uses beside Alidade and Java, such as libtorch
  public static Manifest start(
      String stage,
      ObjectNode recipe,
      long seed,
      List<Input> inputs,
      Map<String, String> versions) {
    return new Manifest(
        FORMAT_VERSION,
        stage,
        recipe,
        seed,
        Versions.with(versions),
        Hardware.current().toMap(),
        Map.of(),
        inputs,
        now(),
        "");
  }

  /// The same, finished now with these counts.
  public Manifest finish(Map<String, Long> finalCounts) {
    return new Manifest(
        formatVersion,
        stage,
        recipe,
        seed,
        versions,
        hardware,
        finalCounts,
        inputs,
        started,
        now());
  }

  /// The same unfinished work, begun when an earlier manifest says.
  Manifest startedWith(Manifest earlier) {
    return new Manifest(
        formatVersion,
        stage,
        recipe,
        seed,
        versions,
        hardware,
        counts,
        inputs,
        earlier.started,
        "");
  }

  /// Whether the stage came to its end.
  public boolean complete() {
    return !finished.isEmpty();
  }

  /// Writes `manifest.json` into the folder, whole or not at all.
  public void write(Path folder) {
    AtomicFiles.writeText(folder.resolve(FILE_NAME), JSON.writeValueAsString(this) + "\n");
  }

  /// Reads the folder's `manifest.json`.
  ///
  /// @throws DataException if it is not there, broken, or of a later format
  public static Manifest read(Path folder) {
    Path file = folder.resolve(FILE_NAME);
    try {
      Manifest manifest = JSON.readValue(Files.readString(file), Manifest.class);
      if (manifest.formatVersion > FORMAT_VERSION) {
        throw new DataException(
            file,
            "has format version %d, this Alidade reads up to %d; use a newer Alidade"
                .formatted(manifest.formatVersion, FORMAT_VERSION));
      }
      return manifest;
    } catch (NoSuchFileException e) {
      throw new DataException(file, "there is no such file, so this is no run's folder", e);
    } catch (IOException e) {
      throw new DataException(file, "cannot be read: " + e.getMessage(), e);
    } catch (JacksonException e) {
      throw new DataException(file, "is no manifest: " + ParserMessage.of(e), e);
    }
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static <V> Map<String, V> sorted(Map<String, V> map) {
    return Collections.unmodifiableMap(new TreeMap<>(map));
  }
}
