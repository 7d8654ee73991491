package io.alidade.onnx.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.AlidadeException;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.model.weights.SafetensorsWriter;
import io.alidade.model.weights.SafetensorsWriter.Item;
import io.alidade.onnx.EncoderGoldens;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.testkit.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EncoderExportTest {
  @TempDir Path temp;
  private Path model = Path.of("");
  private Path target = Path.of("");

  @BeforeEach
  void copyModel() throws IOException {
    model = EncoderGoldens.copy("bert-head", temp.resolve("model"));
    target = temp.resolve("out/exported");
  }

  @Test
  void write_folder_copiesAllButTheWeights() throws IOException {
    Files.createDirectories(model.resolve(".cache"));
    Files.writeString(model.resolve(".cache/lock"), "");
    Files.createDirectories(model.resolve("onnx"));
    Files.writeString(model.resolve("onnx/model_quantized.onnx"), "stale");
    EncoderExport.write(model, target);
    assertThat(files(target))
        .contains(
            "config.json",
            "modules.json",
            "tokenizer.json",
            "1_Pooling/config.json",
            "2_Dense/model.safetensors",
            "onnx/model.onnx")
        .doesNotContain("model.safetensors", ".cache/lock", "onnx/model_quantized.onnx");
    assertThat(files(temp.resolve("out"))).allMatch(file -> file.startsWith("exported/"));
  }

  /// text-embeddings-inference knows no others.
  @Test
  void write_newNames_becomeThoseOfAllVersions() throws IOException {
    EncoderExport.write(model, target);
    assertThat(Files.readString(target.resolve("modules.json")))
        .contains("\"sentence_transformers.models.Dense\"")
        .doesNotContain("base.modules");
    assertThat(Files.readString(target.resolve("1_Pooling/config.json")))
        .contains("\"pooling_mode_cls_token\": true", "\"pooling_mode_mean_tokens\": false")
        .contains("\"word_embedding_dimension\": 24");
    assertThat(Files.readString(target.resolve("sentence_bert_config.json")))
        .contains("\"max_seq_length\": 64");
  }

  @Test
  void write_twice_givesTheSameBytes() throws IOException {
    EncoderExport.write(model, target);
    Path second = temp.resolve("second");
    EncoderExport.write(model, second);
    assertThat(second.resolve(EncoderExport.MODEL))
        .hasSameBinaryContentAs(target.resolve(EncoderExport.MODEL));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"model_type\": \"bert\" | \"model_type\": \"llama\" | \"model_type\" is \"llama\","
            + " a decoder; encoders become ONNX",
        "\"gelu_new\" | \"mish\" | \"hidden_act\" is \"mish\";"
            + " supported are gelu, gelu_new, gelu_pytorch_tanh, relu and silu",
        "\"is_decoder\": false | \"is_decoder\": true | \"is_decoder\" is true;"
            + " only false is supported",
        "\"num_attention_heads\": 4 | \"num_attention_heads\": 5 | impossible shape:"
            + " hidden 24 is no multiple of heads 5",
        "\"hidden_size\": 24, | '' | has no \"hidden_size\"",
        "\"is_decoder\": false | \"position_embedding_type\": \"relative_key\" |"
            + " \"position_embedding_type\" is \"relative_key\"; only absolute is supported",
      })
  void write_unsupportedConfig_isRefusedByName(String found, String replaced, String message)
      throws IOException {
    Path config = model.resolve("config.json");
    replace(config, found, replaced);
    requireRefusal(config + ": " + message);
  }

  @Test
  void write_missingTensor_isNamed() throws IOException {
    rewrite(
        (name, item) ->
            name.equals("encoder.layer.0.output.dense.bias") ? Stream.of() : Stream.of(item));
    requireRefusal(model + ": has no tensor \"encoder.layer.0.output.dense.bias\"");
  }

  @Test
  void write_wrongShape_isNamed() throws IOException {
    replace(model.resolve("config.json"), "\"intermediate_size\": 32", "\"intermediate_size\": 33");
    requireRefusal(
        model
            + ": tensor \"encoder.layer.0.intermediate.dense.weight\" has shape [32, 24],"
            + " config.json asks for [33, 24]");
  }

  @Test
  void write_infiniteWeight_isNamedAndLeavesNothing() throws IOException {
    String broken = "encoder.layer.0.output.dense.bias";
    rewrite(
        (name, item) ->
            Stream.of(
                name.equals(broken)
                    ? new Item(
                        name,
                        item.dtype(),
                        item.shape(),
                        () -> Tensor.zeros(DType.FLOAT32, 24).fill(Double.NaN))
                    : item));
    requireRefusal(
        model
            + ": tensor \"encoder.layer.0.output.dense.bias\" holds values that are infinite or no"
            + " numbers; the file is damaged");
  }

  @Test
  void write_targetExists_isRefused() throws IOException {
    Files.createDirectories(target);
    assertThatThrownBy(() -> EncoderExport.write(model, target))
        .isInstanceOf(AlidadeException.class)
        .hasMessage(target + " exists already; name a folder that does not");
  }

  @Test
  void write_noFolder_isRefused() {
    Path absent = temp.resolve("absent");
    assertThatThrownBy(() -> EncoderExport.write(absent, target))
        .isInstanceOf(AlidadeException.class)
        .hasMessage(absent + ": is no folder");
  }

  @Test
  void write_adapter_isRefused() throws IOException {
    Files.writeString(model.resolve("adapter_config.json"), "{}");
    Files.delete(model.resolve("config.json"));
    requireRefusal(model + ": holds an adapter; only a whole model, with it merged, becomes ONNX");
  }

  @Test
  void write_pickle_isRefused() throws IOException {
    Files.move(model.resolve("model.safetensors"), model.resolve("pytorch_model.bin"));
    requireRefusal(
        model.resolve("pytorch_model.bin")
            + ": is a pickle, which could run code; load and save the model with"
            + " sentence-transformers to get model.safetensors");
  }

  @Test
  void write_decoder_isRefusedByName() {
    Golden.file("families/qwen3/config.json", model);
    requireRefusal(
        model.resolve("config.json")
            + ": \"model_type\" is \"qwen3\", a decoder; encoders become ONNX");
  }

  @Test
  void write_unknownModule_isRefusedByName() throws IOException {
    replace(model.resolve("modules.json"), "dense.Dense", "lstm.LSTM");
    assertThatThrownBy(() -> EncoderExport.write(model, target))
        .isInstanceOf(AlidadeException.class)
        .hasMessageContaining("LSTM\" is not supported");
  }

  @Test
  void write_latentAttention_isRefused() throws IOException {
    replace(
        model.resolve("modules.json"),
        "[",
        "[{\"path\": \"9_LatentAttention\", \"type\": \"alidade.LatentAttention\"},");
    requireRefusal(
        model + ": has latent attention, which is not computed by ONNX Runtime; use it as it is");
  }

  private void requireRefusal(String message) {
    assertThatThrownBy(() -> EncoderExport.write(model, target))
        .isInstanceOf(AlidadeException.class)
        .hasMessage(message);
    assertThat(temp.resolve("out"))
        .satisfiesAnyOf(
            out -> assertThat(out).doesNotExist(), out -> assertThat(out).isEmptyDirectory());
  }

  private static void replace(Path file, String found, String replacement) throws IOException {
    String text = Files.readString(file);
    assertThat(text).contains(found);
    Files.writeString(file, text.replace(found, replacement));
  }

  /// Changes a tensor of the weights.
  private interface Change {
    Stream<Item> of(String name, Item item);
  }

  private void rewrite(Change change) throws IOException {
    Path weights = model.resolve("model.safetensors");
    Path copy = Files.copy(weights, temp.resolve("plain.safetensors"));
    List<Item> items = new ArrayList<>();
    try (var source = SafetensorsFile.open(copy)) {
      for (String name : source.names()) {
        change.of(name, Item.of(name, source, DType.FLOAT32)).forEach(items::add);
      }
      SafetensorsWriter.write(weights, items);
    }
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .toList();
    }
  }
}
