package io.alidade.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.alidade.core.AlidadeException;
import io.alidade.core.Prompts;
import io.alidade.core.TextInput;
import io.alidade.model.folder.ModelDescription;
import io.alidade.model.folder.ModelFolder;
import io.alidade.testkit.Golden;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
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
        "activations",
        "truncated",
        "legacy",
        "combined",
        "legacy-combined",
        "prompts",
        "passage",
        "prompt-left-out",
        "bert-mean",
        "roberta-cls",
        "xlm-roberta-mean",
        "modernbert-cls"
      })
  void folder_equalsSentenceTransformers(String name) {
    Golden.sentenceTransformers(name, folder);
    JsonNode golden = Golden.json("sentence-transformers/" + name + "/golden.json");
    List<String> texts = golden.get("texts").valueStream().map(JsonNode::asString).toList();
    ModelDescription description = describe();
    try (TextEmbedder model = Models.load(description)) {
      Prompts prompts = description.prompts();
      assertVectors(model, texts, golden.get("vectors"), prompts::plain);
      if (golden.has("prompts")) {
        assertVectors(model, texts, golden.get("queries"), prompts::query);
        assertVectors(model, texts, golden.get("documents"), TextInput::document);
        golden
            .get("prompts")
            .forEachEntry(
                (prompt, vectors) ->
                    assertVectors(
                        model,
                        texts,
                        vectors,
                        text -> TextInput.prompted(prompts.text(prompt), text)));
      }
    }
  }

  /// All texts in one call; the reference had each alone.
  private static void assertVectors(
      TextEmbedder model, List<String> texts, JsonNode vectors, Function<String, TextInput> input) {
    float[][] actual = model.embed(texts.stream().map(input).toList());
    assertThat(actual).hasNumberOfRows(vectors.size());
    for (int i = 0; i < actual.length; i++) {
      assertVector(actual[i], vectors.get(i));
    }
  }

  /// RoBERTa's files often count the rows of its positions, of which two belong to no token.
  @Test
  void folder_limitOverTheModelsPositions_isSaidAndLowered() throws Exception {
    Golden.sentenceTransformers("roberta-cls", folder);
    JsonNode golden = Golden.json("sentence-transformers/roberta-cls/golden.json");
    Path limits = folder.resolve("sentence_bert_config.json");
    Files.writeString(limits, Files.readString(limits).replace("48", "50"));
    String longest = golden.get("texts").get(2).asString();
    ModelDescription description = describe();
    assertThat(description.warnings())
        .contains(
            folder
                + " asks for texts of up to 50 tokens, but the model has positions for 48; longer"
                + " texts are cut to these");
    try (TextEmbedder model = Models.load(description)) {
      assertThat(model.maxTokens()).isEqualTo(48);
      assertThat(model.tokenizer().encode(longest, 100)).hasSizeGreaterThan(50);
      float[][] vectors = model.embed(List.of(TextInput.document(longest)));
      assertVector(vectors[0], golden.get("vectors").get(2));
    }
  }

  @Test
  void folder_encoderWithoutModules_poolsTheMean() throws Exception {
    Golden.sentenceTransformers("bert-mean", folder);
    Files.delete(folder.resolve("modules.json"));
    JsonNode golden = Golden.json("sentence-transformers/bert-mean/golden.json");
    ModelDescription description = describe();
    assertThat(description.warnings())
        .contains(
            folder + " has no modules.json, so the mean of all tokens is pooled and normalised");
    try (TextEmbedder model = Models.load(description)) {
      String text = golden.get("texts").get(1).asString();
      assertVector(model.embed(List.of(TextInput.document(text)))[0], golden.get("vectors").get(1));
    }
  }

  private ModelDescription describe() {
    return ModelFolder.open(
        folder,
        base -> {
          throw new AlidadeException("no base " + base.name());
        },
        ModelFolder.BaseCheck.REQUIRE_SAME);
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
}
