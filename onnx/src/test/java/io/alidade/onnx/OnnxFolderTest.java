package io.alidade.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.alidade.core.AlidadeException;
import io.alidade.core.Embedder;
import io.alidade.core.TextInput;
import io.alidade.onnx.export.EncoderExport;
import io.alidade.onnx.graph.Attribute;
import io.alidade.onnx.graph.ElementType;
import io.alidade.onnx.graph.GraphBuilder;
import io.alidade.onnx.graph.ModelFile;
import io.alidade.testkit.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Exported folders give sentence-transformers' vectors behind `Embedder`; goldens made by
/// `testkit/scripts/golden_encoder_folders.py`.
class OnnxFolderTest {
  private static final float TOLERANCE = 1e-5f;

  @TempDir Path temp;
  private Path exported = Path.of("");

  @BeforeEach
  void chooseFolder() {
    exported = temp.resolve("exported");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bert", "bert-max", "roberta", "xlm-roberta", "modernbert", "modernbert-biases"})
  void open_exportedFolder_givesSentenceTransformersVectors(String name) throws IOException {
    export(name);
    List<JsonNode> texts = EncoderGoldens.texts(name);
    List<TextInput> inputs =
        texts.stream().map(text -> TextInput.document(text.get("text").asString())).toList();
    try (Embedder model = OnnxEmbedder.open(exported)) {
      float[][] together = model.embed(inputs);
      for (int i = 0; i < texts.size(); i++) {
        float[] expected = EncoderGoldens.vector(texts.get(i), "vector");
        assertThat(together[i]).containsExactly(expected, within(TOLERANCE));
        assertThat(model.embed(List.of(inputs.get(i)))[0])
            .containsExactly(expected, within(TOLERANCE));
      }
    }
  }

  /// The vectors behind a linear layer, cut, with prompts.
  @Test
  void open_promptsAndLayers_areObeyed() throws IOException {
    export("bert-head");
    try (OnnxEmbedder model = OnnxEmbedder.open(exported)) {
      assertThat(model.dimensions()).isEqualTo(8);
      assertThat(model.maxTokens()).isEqualTo(64);
      assertThat(model.name()).isEqualTo("exported");
      for (JsonNode text : EncoderGoldens.texts("bert-head")) {
        String bare = text.get("text").asString();
        float[][] vectors =
            model.embed(List.of(TextInput.query("ignored", bare), TextInput.document(bare)));
        assertThat(vectors[0])
            .containsExactly(EncoderGoldens.vector(text, "query"), within(TOLERANCE));
        assertThat(vectors[1])
            .containsExactly(EncoderGoldens.vector(text, "document"), within(TOLERANCE));
      }
    }
  }

  @Test
  void open_lowerCase_isObeyed() throws IOException {
    export("bert");
    Files.writeString(
        exported.resolve("sentence_bert_config.json"),
        "{\"max_seq_length\": 64, \"do_lower_case\": true}");
    try (Embedder model = OnnxEmbedder.open(exported)) {
      float[][] vectors =
          model.embed(List.of(TextInput.document("SMALL"), TextInput.document("small")));
      assertThat(vectors[0]).isEqualTo(vectors[1]);
    }
  }

  @Test
  void open_noGraph_saysSo() throws IOException {
    Path model = EncoderGoldens.copy("bert", temp.resolve("model"));
    assertThatThrownBy(() -> OnnxEmbedder.open(model))
        .isInstanceOf(AlidadeException.class)
        .hasMessage(
            model
                + ": has neither onnx/model.onnx nor model.onnx; export the encoder to ONNX first");
  }

  @Test
  void open_brokenGraph_saysWhichFile() throws IOException {
    export("bert");
    Path graph = exported.resolve("onnx/model.onnx");
    Files.writeString(graph, "no graph");
    assertThatThrownBy(() -> OnnxEmbedder.open(exported))
        .isInstanceOf(AlidadeException.class)
        .hasMessageStartingWith(graph + " cannot be run by ONNX Runtime: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bert | pixels | last_hidden_state | wants the input pixels; known are input_ids,"
            + " attention_mask and token_type_ids",
        "bert | input_ids | logits | gives [logits]; one of [sentence_embedding,"
            + " last_hidden_state, token_embeddings] is needed",
        "bert-head | input_ids | last_hidden_state | gives last_hidden_state only, but linear"
            + " layers follow; export it with sentence_embedding",
      })
  void open_otherGraph_isRefusedByName(String model, String input, String output, String message)
      throws IOException {
    export(model);
    Path graph = exported.resolve("onnx/model.onnx");
    var builder = new GraphBuilder();
    String value = builder.input(input, ElementType.INT64, "size");
    String real = builder.node("Cast", List.of(value), Attribute.to(ElementType.FLOAT));
    builder.output(output, real, "size");
    ModelFile.write(graph, builder.build("other"));
    assertThatThrownBy(() -> OnnxEmbedder.open(exported))
        .isInstanceOf(AlidadeException.class)
        .hasMessage(graph + " " + message);
  }

  /// Half a surrogate pair.
  @Test
  void embed_malformedText_givesAVector() throws IOException {
    export("bert");
    try (Embedder model = OnnxEmbedder.open(exported)) {
      float[][] vectors = model.embed(List.of(TextInput.document("a\uD83D")));
      assertThat(vectors[0]).hasSize(24);
      assertThat(model.embed(List.of())).isEmpty();
    }
  }

  /// The functions behind linear layers; the golden is that of
  /// `testkit/scripts/golden_sentence_transformers.py`.
  @Test
  void open_layersWithEveryActivation_giveSentenceTransformersVectors() {
    Path model = Golden.sentenceTransformers("activations", temp.resolve("model"));
    EncoderExport.write(model, exported);
    JsonNode golden = Golden.json("sentence-transformers/activations/golden.json");
    try (OnnxEmbedder embedder = OnnxEmbedder.open(exported)) {
      for (int i = 0; i < golden.get("texts").size(); i++) {
        String text = golden.get("texts").get(i).asString();
        float[] actual = embedder.embed(List.of(TextInput.document(text)))[0];
        JsonNode expected = golden.get("vectors").get(i);
        assertThat(actual).hasSize(expected.size());
        for (int j = 0; j < actual.length; j++) {
          assertThat(actual[j]).isCloseTo(expected.get(j).floatValue(), within(TOLERANCE));
        }
      }
    }
  }

  @Test
  void open_noTokenizer_saysSo() throws IOException {
    export("bert");
    Files.delete(exported.resolve("tokenizer.json"));
    assertThatThrownBy(() -> OnnxEmbedder.open(exported))
        .isInstanceOf(AlidadeException.class)
        .hasMessage(exported + ": has no tokenizer.json");
  }

  private void export(String name) throws IOException {
    EncoderExport.write(EncoderGoldens.copy(name, temp.resolve("model")), exported);
  }
}
