package io.alidade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.cli.CommandRunner.Result;
import io.alidade.model.backbone.Backbone;
import io.alidade.model.backbone.FolderBackbone;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ExportCommandTest {
  @TempDir Path folder;
  private final CommandRunner runner = new CommandRunner();

  private Path model() {
    return TinyFolders.model(folder.resolve("model"), 1);
  }

  private Result export(Path model, String format, Path out, Object... more) {
    var arguments = new Object[7 + more.length];
    Object[] first = {"export", "--model", model, "--format", format, "--out", out};
    System.arraycopy(first, 0, arguments, 0, first.length);
    System.arraycopy(more, 0, arguments, first.length, more.length);
    return runner.run(arguments);
  }

  @Test
  void export_gguf_isOpenedAgain() throws Exception {
    Path out = folder.resolve("out/tiny.gguf");
    Result result = export(model(), "gguf", out, "--type", "q8_0");
    assertThat(result.code()).isZero();
    assertThat(result.out()).isEqualTo("model   %s\n".formatted(out));
    try (Backbone read = FolderBackbone.openGguf("tiny", "file", out)) {
      assertThat(read.config().hidden()).isEqualTo(8);
    }
  }

  @Test
  void export_json_namesFileAndHash() throws Exception {
    Path out = folder.resolve("tiny.gguf");
    Result result = export(model(), "gguf", out, "--json");
    JsonNode json = JsonMapper.shared().readTree(result.out());
    assertThat(json.path("format").asString()).isEqualTo("gguf");
    assertThat(json.path("output").asString()).isEqualTo(out.toString());
    assertThat(json.path("sha256").asString()).hasSize(64);
  }

  @Test
  void export_sentenceTransformers_isAFolder() throws Exception {
    Path out = folder.resolve("merged");
    assertThat(export(model(), "sentence-transformers", out).code()).isZero();
    assertThat(out.resolve("modules.json")).exists();
    assertThat(out.resolve("model.safetensors")).exists();
  }

  @ParameterizedTest
  @CsvSource({
    "tflite, '', 2, '--format \"tflite\" is none of gguf, sentence-transformers, peft, onnx'",
    "onnx, '', 1, 'config.json'",
    "gguf, q4_0, 2, '--type \"q4_0\" is none of f16, q8_0'",
    "peft, f16, 2, '--type is for --format gguf only'",
    "peft, '', 1, 'is a merged model, out of which no adapter can be taken'"
  })
  void export_whatCannotBe_isRefusedInOneSentence(
      String format, String type, int code, String message) throws Exception {
    Object[] more = type.isEmpty() ? new Object[0] : new Object[] {"--type", type};
    Result result = export(model(), format, folder.resolve("out"), more);
    assertThat(result.code()).isEqualTo(code);
    assertThat(result.err()).startsWith("alidade: ").contains(message).hasLineCount(1);
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void export_ofNoModel_isRefused() {
    Result result = export(folder.resolve("none"), "gguf", folder.resolve("out.gguf"));
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("none: is no folder");
  }
}
