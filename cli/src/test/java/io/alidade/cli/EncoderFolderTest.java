package io.alidade.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.alidade.testkit.Golden;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The commands on a folder of sentence-transformers with an encoder, with the engines that are
/// shipped.
class EncoderFolderTest {
  private static final String GOLDEN = "sentence-transformers/roberta-cls/";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path folder;

  @BeforeEach
  void copyModel() throws IOException {
    for (JsonNode file : Golden.json(GOLDEN + "files.json")) {
      String name = file.asString();
      // The doctor would take the test's golden.json for Alidade's own.
      if (!name.equals("golden.json")) {
        int end = Math.max(0, name.lastIndexOf('/'));
        Golden.file(GOLDEN + name, Files.createDirectories(folder.resolve(name.substring(0, end))));
      }
    }
    Golden.file("families/roberta/model.safetensors", folder);
  }

  private int run(String input, String... arguments) {
    var errors = new PrintStream(err, true, StandardCharsets.UTF_8);
    var terminal =
        new Terminal(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            errors,
            false);
    var context = new Context(terminal, InstalledEngines.engines(errors), new Interruption());
    return Main.run(context, arguments);
  }

  @Test
  void doctor_encoder_findsItsVectorsGood() {
    int code = run("", "doctor", "--json", "--model", folder.toString());
    assertThat(code).as(err.toString(StandardCharsets.UTF_8)).isZero();
    JsonNode result = JsonMapper.shared().readTree(out.toString(StandardCharsets.UTF_8));
    assertThat(result.get("checks").valueStream().map(check -> check.get("name").asString()))
        .contains("model", "unit length", "alone and in a batch");
  }

  @Test
  void embed_encoder_printsTheVectorsOfSentenceTransformers() {
    JsonNode golden = Golden.json(GOLDEN + "golden.json");
    String text = golden.get("texts").get(1).asString();
    int code = run(text + "\n", "embed", "--model", folder.toString());
    assertThat(code).as(err.toString(StandardCharsets.UTF_8)).isZero();
    JsonNode line = JsonMapper.shared().readTree(out.toString(StandardCharsets.UTF_8));
    JsonNode expected = golden.get("vectors").get(1);
    assertThat(line.get("embedding").size()).isEqualTo(expected.size());
    for (int i = 0; i < expected.size(); i++) {
      assertThat(line.get("embedding").get(i).doubleValue())
          .isCloseTo(expected.get(i).doubleValue(), within(1e-5));
    }
  }
}
