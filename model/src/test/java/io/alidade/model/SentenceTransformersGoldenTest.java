package io.alidade.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.alidade.core.AlidadeException;
import io.alidade.core.TextInput;
import io.alidade.model.folder.ModelFolder;
import io.alidade.testkit.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Folders that sentence-transformers wrote give its vectors; goldens made by
/// `testkit/scripts/golden_sentence_transformers.py`.
class SentenceTransformersGoldenTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "last-token",
        "mean",
        "cls",
        "max",
        "weighted-mean",
        "mean-sqrt",
        "dense",
        "truncated",
        "legacy"
      })
  void folder_equalsSentenceTransformers(String name) throws Exception {
    copy("sentence-transformers/" + name);
    JsonNode golden = Golden.json("sentence-transformers/" + name + "/golden.json");
    List<String> texts = golden.get("texts").valueStream().map(JsonNode::asString).toList();
    try (TextEmbedder model = open()) {
      float[][] vectors = model.embed(texts.stream().map(TextInput::document).toList());
      for (int i = 0; i < texts.size(); i++) {
        assertVector(vectors[i], golden.get("vectors").get(i));
      }
    }
  }

  private TextEmbedder open() {
    return Models.load(
        ModelFolder.open(
            folder,
            base -> {
              throw new AlidadeException("no base " + base.name());
            },
            ModelFolder.BaseCheck.REQUIRE_SAME));
  }

  /// Alidade's vectors have length 1, also those that sentence-transformers leaves or cuts.
  private static void assertVector(float[] actual, JsonNode golden) {
    double[] expected = golden.valueStream().mapToDouble(JsonNode::doubleValue).toArray();
    double length = Math.sqrt(Arrays.stream(expected).map(x -> x * x).sum());
    assertThat(actual).hasSize(expected.length);
    for (int i = 0; i < actual.length; i++) {
      assertThat((double) actual[i]).isCloseTo(expected[i] / length, within(1e-5));
    }
  }

  private void copy(String golden) throws IOException {
    for (JsonNode file : Golden.json(golden + "/files.json")) {
      Path target = folder.resolve(file.asString());
      Golden.file(golden + "/" + file.asString(), Files.createDirectories(parent(target)));
    }
    Golden.file("families/qwen3/model.safetensors", folder);
  }

  private static Path parent(Path file) {
    Path parent = file.getParent();
    return parent == null ? Path.of("") : parent;
  }
}
