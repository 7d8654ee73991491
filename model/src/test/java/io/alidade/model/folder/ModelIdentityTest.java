package io.alidade.model.folder;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.core.AlidadeException;
import io.alidade.core.AtomicFiles;
import io.alidade.testkit.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whatever decides vectors is part of a model's hash, and nothing else is.
class ModelIdentityTest {
  @TempDir Path folder;

  @BeforeEach
  void copyFolder() {
    Golden.sentenceTransformers("dense", folder);
  }

  @ParameterizedTest
  @CsvSource({
    "1_Pooling/config.json,             mean,               max",
    "2_Dense/config.json,               Tanh,               ReLU",
    "config.json,                       '\"rope_theta\": ', '\"rope_theta\": 1'",
    "tokenizer_config.json,             ': 64',             ': 32'",
    "tokenizer.json,                    '\"normalizer\": null', '\"normalizer\": {\"type\": \"Lowercase\"}'",
    "config_sentence_transformers.json, '\"model_type\"',   '\"truncate_dim\": 8, \"model_type\"'",
  })
  void sha256_fileThatDecidesVectorsEdited_isAnother(String file, String old, String changed)
      throws IOException {
    String before = sha256();
    edit(file, old, changed);
    assertThat(sha256()).isNotEqualTo(before);
  }

  @Test
  void sha256_weightsOfDenseLayerChanged_isAnother() throws IOException {
    String before = sha256();
    Path weights = folder.resolve("2_Dense/model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] ^= 1;
    Files.write(weights, bytes);
    assertThat(sha256()).isNotEqualTo(before);
  }

  @Test
  void sha256_fileThatDecidesNothingEdited_isTheSame() throws IOException {
    String before = sha256();
    AtomicFiles.writeText(folder.resolve("README.md"), "# A card\n");
    edit("1_Pooling/config.json", "{", "{\n\n  \"note\": 1,");
    assertThat(sha256()).isEqualTo(before).hasSize(64);
  }

  private String sha256() {
    BaseResolver none =
        base -> {
          throw new AlidadeException("no base " + base.name());
        };
    try (var model = ModelFolder.open(folder, none, ModelFolder.BaseCheck.REQUIRE_SAME)) {
      return model.sha256();
    }
  }

  private void edit(String name, String old, String changed) throws IOException {
    Path file = folder.resolve(name);
    String text = Files.readString(file);
    assertThat(text).contains(old);
    Files.writeString(file, text.replace(old, changed));
  }
}
