package io.alidade.model.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.alidade.core.DataException;
import io.alidade.core.TextInput;
import io.alidade.model.Models;
import io.alidade.model.TextEmbedder;
import io.alidade.model.backbone.Backbone;
import io.alidade.model.backbone.FolderBackbone;
import io.alidade.model.config.GgufConfig;
import io.alidade.model.config.HuggingFaceConfig;
import io.alidade.model.head.Pooling;
import io.alidade.model.weights.GgufFile;
import io.alidade.tensor.DType;
import io.alidade.testkit.Golden;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A BERT in llama.cpp's layout is the one that its folder holds; the file is made by
/// `testkit/scripts/golden_gguf_encoder.py`, the vectors by `golden_sentence_transformers.py`.
class GgufEncoderTest {
  @TempDir Path folder;
  private Path gguf;

  @BeforeEach
  void copy() {
    gguf = Golden.file("gguf/bert/model.gguf", folder);
  }

  private Backbone open() {
    return FolderBackbone.openGguf("tiny", "file " + gguf, gguf);
  }

  @Test
  void embed_ggufOfBert_givesSentenceTransformersVectors() {
    JsonNode golden = Golden.json("sentence-transformers/bert-mean/golden.json");
    Backbone backbone = open();
    assertThat(backbone.pooling()).contains(Pooling.MEAN);
    try (TextEmbedder model = Models.load(backbone, Pooling.MEAN, 48)) {
      List<TextInput> texts =
          golden
              .get("texts")
              .valueStream()
              .map(JsonNode::asString)
              .map(TextInput::document)
              .toList();
      float[][] vectors = model.embed(texts);
      for (int i = 0; i < vectors.length; i++) {
        JsonNode expected = golden.get("vectors").get(i);
        assertThat(vectors[i]).hasSize(expected.size());
        for (int j = 0; j < vectors[i].length; j++) {
          assertThat((double) vectors[i][j]).isCloseTo(expected.get(j).doubleValue(), within(1e-6));
        }
      }
    }
  }

  @Test
  void config_ofGguf_isThatOfTheFolder() {
    try (GgufFile file = GgufFile.open(gguf)) {
      assertThat(GgufConfig.transformer(file))
          .isEqualTo(HuggingFaceConfig.read(Golden.file("families/bert/config.json", folder)));
    }
  }

  @Test
  void weights_ofGguf_haveTheNamesAndValuesOfTheFolder() {
    try (Backbone backbone = open();
        var expected = TinyEncoders.weights("bert", folder)) {
      List<String> names =
          expected.names().stream().filter(name -> !name.startsWith("pooler.")).toList();
      assertThat(backbone.weights().names()).containsExactlyInAnyOrderElementsOf(names);
      for (String name : names) {
        assertThat(backbone.weights().tensor(name, DType.FLOAT32).toFloats())
            .as(name)
            .containsExactly(expected.tensor(name, DType.FLOAT32).toFloats());
      }
    }
  }

  @Test
  void open_causalEncoder_isRefused() throws Exception {
    byte[] bytes = Files.readAllBytes(gguf);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    String key = "bert.attention.causal";
    // The type of the value is four bytes, and the value one.
    bytes[text.indexOf(key) + key.length() + 4] = 1;
    Files.write(gguf, bytes);
    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("\"bert.attention.causal\" is true; only false is supported");
  }
}
