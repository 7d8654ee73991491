package io.alidade.onnx.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.model.weights.SafetensorsWriter;
import io.alidade.model.weights.SafetensorsWriter.Item;
import io.alidade.onnx.EncoderGoldens;
import io.alidade.onnx.OnnxRuntime;
import io.alidade.tensor.DType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Exported graphs give transformers' states, in ONNX Runtime itself; goldens made by
/// `testkit/scripts/golden_encoder_folders.py`.
class EncoderGoldenTest {
  private static final OrtEnvironment ENVIRONMENT = OnnxRuntime.environment();
  private static final float TOLERANCE = 1e-5f;

  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bert",
        "bert-head",
        "bert-max",
        "roberta",
        "xlm-roberta",
        "modernbert",
        "modernbert-biases"
      })
  void graph_aloneAndPadded_givesTransformersStates(String name) throws Exception {
    Path model = EncoderGoldens.copy(name, temp.resolve("model"));
    requireStates(model, export(model), name);
  }

  /// As BERT's first files, and models saved with a head, name their tensors.
  @Test
  void write_oldNames_givesTransformersStates() throws Exception {
    Path model = EncoderGoldens.copy("bert", temp.resolve("model"));
    Path weights = model.resolve("model.safetensors");
    Path copy = Files.copy(weights, temp.resolve("plain.safetensors"));
    try (var source = SafetensorsFile.open(copy)) {
      List<Item> items = new ArrayList<>();
      for (String name : source.names()) {
        String old =
            name.replace("LayerNorm.weight", "LayerNorm.gamma")
                .replace("LayerNorm.bias", "LayerNorm.beta");
        items.add(Item.of(name, source, DType.FLOAT32).withName("bert." + old));
      }
      SafetensorsWriter.write(weights, items);
    }
    requireStates(model, export(model), "bert");
  }

  @Test
  void graph_bertSecondTypes_areReadFromTheInput() throws Exception {
    Path onnx = export(EncoderGoldens.copy("bert", temp.resolve("model")));
    try (OrtSession session = ENVIRONMENT.createSession(onnx.toString())) {
      long[][] ids = {EncoderGoldens.ids(EncoderGoldens.texts("bert").get(1))};
      float[][][] first = run(session, ids, 0, 0);
      float[][][] second = run(session, ids, 0, 1);
      assertThat(second[0][0][0]).isNotCloseTo(first[0][0][0], within(1e-3f));
    }
  }

  private Path export(Path model) {
    Path target = temp.resolve("exported");
    EncoderExport.write(model, target);
    return target.resolve(EncoderExport.MODEL);
  }

  private static void requireStates(Path model, Path onnx, String name) throws Exception {
    List<JsonNode> texts = EncoderGoldens.texts(name);
    long[][] ids = texts.stream().map(EncoderGoldens::ids).toArray(long[][]::new);
    long padding = name.contains("roberta") ? 3 : 0;
    try (OrtSession session = ENVIRONMENT.createSession(onnx.toString())) {
      float[][][] together = run(session, ids, padding, 0);
      for (int text = 0; text < ids.length; text++) {
        float[] expected = EncoderGoldens.states(model, text);
        float[][] alone = run(session, new long[][] {ids[text]}, padding, 0)[0];
        assertThat(rows(alone, ids[text].length)).containsExactly(expected, within(TOLERANCE));
        assertThat(rows(together[text], ids[text].length))
            .containsExactly(expected, within(TOLERANCE));
      }
    }
  }

  private static float[][][] run(OrtSession session, long[][] texts, long padding, long type)
      throws Exception {
    int tokens = Arrays.stream(texts).mapToInt(text -> text.length).max().orElseThrow();
    long[][] ids = new long[texts.length][];
    long[][] mask = new long[texts.length][tokens];
    long[][] types = new long[texts.length][tokens];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = Arrays.copyOf(texts[i], tokens);
      Arrays.fill(ids[i], texts[i].length, tokens, padding);
      Arrays.fill(mask[i], 0, texts[i].length, 1);
      Arrays.fill(types[i], type);
    }
    Map<String, OnnxTensor> feed = new HashMap<>();
    feed.put("input_ids", OnnxTensor.createTensor(ENVIRONMENT, ids));
    feed.put("attention_mask", OnnxTensor.createTensor(ENVIRONMENT, mask));
    if (session.getInputNames().contains("token_type_ids")) {
      feed.put("token_type_ids", OnnxTensor.createTensor(ENVIRONMENT, types));
    }
    try (OrtSession.Result result = session.run(feed)) {
      return (float[][][]) result.get("last_hidden_state").orElseThrow().getValue();
    } finally {
      feed.values().forEach(OnnxTensor::close);
    }
  }

  private static float[] rows(float[][] states, int tokens) {
    float[] all = new float[tokens * states[0].length];
    for (int token = 0; token < tokens; token++) {
      System.arraycopy(states[token], 0, all, token * states[0].length, states[0].length);
    }
    return all;
  }
}
