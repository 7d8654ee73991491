package io.alidade.core.lineage;

import io.alidade.core.AlidadeException;
import io.alidade.core.Example;
import io.alidade.core.ExampleId;
import io.alidade.core.UsageException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// What became of one training example.
///
/// @param id the whole id
/// @param sources where the example stands, one a data file
/// @param trainings the runs that had it among their data
/// @param notes what is missing or has changed since, in sentences
public record Lineage(
    String id, List<Source> sources, List<Training> trainings, List<String> notes) {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();
  private static final int SHORTEST_PREFIX = 6;

  public Lineage {
    sources = List.copyOf(sources);
    trainings = List.copyOf(trainings);
    notes = List.copyOf(notes);
  }

  /// A place of the example, and the example as it stands there with its provenance.
  public record Source(String path, long line, Example example) {}

  /// A training run.
  ///
  /// @param steps those whose batch held the example
  public record Training(
      String folder, long seed, List<Step> steps, List<Model> models, List<Score> scores) {
    public Training {
      steps = List.copyOf(steps);
      models = List.copyOf(models);
      scores = List.copyOf(scores);
    }
  }

  /// One use of the example.
  ///
  /// @param loss of the whole batch
  /// @param batch how many examples were in it
  public record Step(long step, long epoch, double loss, int batch) {}

  /// A model folder that the training left.
  public record Model(String path, String sha256) {}

  /// A score measured on one of the models.
  public record Score(String folder, String task, String metric, double score, String dataSha256) {}

  /// Reads the examples of a data file, as training did.
  @FunctionalInterface
  public interface ExampleReader {

    /// Hands over each example with the line it stands on.
    ///
    /// @param source the entry of the recipe's `data` that names the file
    void read(Path file, JsonNode source, Visitor visitor);

    /// Takes one example.
    @FunctionalInterface
    interface Visitor {
      void visit(long line, Example example);
    }
  }

  /// Follows the example through all runs in or below the folders.
  ///
  /// @param id the id, or at least its first six digits
  /// @throws UsageException if that is no id
  /// @throws AlidadeException if no run knows it, or several examples begin with those digits
  public static Lineage walk(String id, List<Path> folders, ExampleReader reader) {
    String prefix = id.strip().toLowerCase(Locale.ROOT);
    if (!prefix.matches("[0-9a-f]{%d,%d}".formatted(SHORTEST_PREFIX, ExampleId.LENGTH))) {
      throw new UsageException(
          "\"%s\" is no example id; an id is %d hex digits, of which the first %d or more are needed"
              .formatted(id, ExampleId.LENGTH, SHORTEST_PREFIX));
    }
    return new LineageWalk(prefix, RunFiles.under(folders), reader).lineage();
  }

  /// For programs.
  public String json() {
    return JSON.writeValueAsString(this);
  }
}
