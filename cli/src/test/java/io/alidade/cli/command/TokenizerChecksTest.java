package io.alidade.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.core.AtomicFiles;
import io.alidade.model.tokenizer.TokenizerFolder;
import io.alidade.testkit.Golden;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class TokenizerChecksTest {
  @TempDir Path folder;

  private Check check(String config) {
    Golden.file("tokenizers/spm-llama/tokenizer.model", folder);
    AtomicFiles.writeText(folder.resolve("tokenizer_config.json"), config);
    try (var tokenizer = TokenizerFolder.read(folder)) {
      return TokenizerChecks.run(tokenizer, 64, folder);
    }
  }

  @Test
  void run_tokenizerThatEndsTexts_isFine() {
    assertThat(check("{\"add_eos_token\": true}"))
        .isEqualTo(Check.ok("end token", "every text ends with </s>"));
  }

  @Test
  void run_plainLanguageModel_isWarnedOf() {
    Check check = check("{}");
    assertThat(check.status()).isEqualTo(Check.Status.WARNING);
    assertThat(check.detail()).contains("plain language model");
  }

  @Test
  void run_embeddingModelWithoutEnd_failsAndSaysHowToMendIt() {
    AtomicFiles.writeText(folder.resolve("modules.json"), "[]");
    Check check = check("{}");
    assertThat(check.status()).isEqualTo(Check.Status.FAILED);
    assertThat(check.detail())
        .contains("puts no </s> behind a text")
        .contains("put {\"SpecialToken\": {\"id\": \"</s>\", \"type_id\": 0}} last into");
  }

  /// The case of e5-mistral-7b-instruct.
  @Test
  void run_endOnlyInTheConfig_isWarnedOf() throws Exception {
    AtomicFiles.writeText(folder.resolve("modules.json"), "[]");
    Path file = Golden.file("sentence-transformers/mean/tokenizer.json", folder);
    var json = (ObjectNode) JsonMapper.shared().readTree(Files.readString(file));
    json.putNull("post_processor");
    AtomicFiles.writeText(file, json.toString());
    Check check = check("{\"add_eos_token\": true, \"eos_token\": \"<e>\"}");
    assertThat(check.status()).isEqualTo(Check.Status.WARNING);
    assertThat(check.detail()).startsWith("tokenizer_config.json asks for <e>");
  }
}
