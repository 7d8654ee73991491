package io.alidade.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.core.Progress;
import io.alidade.core.Sha256;
import io.alidade.core.recipe.Recipe;
import io.alidade.model.backbone.Backbone;
import io.alidade.model.backbone.FolderBackbone;
import io.alidade.testkit.tiny.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which examples meet in which step of the shipped recipe on the shipped sample: scores that are
/// documented are those of these batches.
class ShippedBatchesTest {
  private static final Path RECIPE = Path.of("..", "recipes", "quickstart.yaml");

  @TempDir Path folder;

  @Test
  void run_quickstart_beginsWithTheseExamples() throws IOException {
    assertThat(ids("steps=2"))
        .containsExactly(
            "186685b1 65f02350 5ad8533a af376035 fe2d942e e7cf2f24 27676864 aafe492b",
            "655a2cd4 8db3e2ba 7822efc7 c67ca5b0 2a35fede 6d084135 cb524913 a1a4f1a0");
  }

  /// Pinned when batches were cut from examples held in memory.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          steps=225                               | 58a2fca8fd14110a3c259241891b194f083dd660000ffdb95bb944117780b6d8
          batch.homogeneous=kind,steps=60         | c9b4d94c3fa66526aa1e4169a0646083aff6b92f54ea0abcaca89e312d92bc5f
          batch.homogeneous=none,data.0.ratio=0.1 | 92ca6494e97ed8baa467977b67587ff33f35f709fa9310a9d3f28b40fca1fd91
          """)
  void run_shippedSample_meetsTheSameExamples(String settings, String sha256) throws IOException {
    String steps = String.join("\n", ids(settings.split(",", -1)));
    assertThat(Sha256.ofText(steps)).isEqualTo(sha256);
  }

  /// A line a step.
  private List<String> ids(String... settings) throws IOException {
    Path file = Files.write(folder.resolve("tiny.gguf"), TinyModel.gguf(1));
    Path out = folder.resolve("out");
    var recipe = Recipe.read(TrainRecipe.class, RECIPE, List.of(settings));
    try (Backbone backbone = FolderBackbone.openGguf("tiny", "file tiny.gguf", file)) {
      new TrainingRun(recipe, backbone, out, _ -> {}).run(Progress.NONE, StopSignal.NEVER);
    }
    return new TrainingLog(out.resolve(TrainingLog.FILE_NAME))
        .read().stream()
            .map(line -> line.ids().stream().map(id -> id.substring(0, 8)))
            .map(ids -> ids.collect(Collectors.joining(" ")))
            .toList();
  }
}
