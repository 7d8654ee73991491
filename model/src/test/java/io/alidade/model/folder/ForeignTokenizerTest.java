package io.alidade.model.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.AlidadeException;
import io.alidade.core.AtomicFiles;
import io.alidade.core.DataException;
import io.alidade.testkit.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What becomes of the tokenizer of a folder that sentence-transformers wrote. There `<e>` is 0 and
/// `a` is 3, and `tokenizer.json` puts `<e>` behind every text.
class ForeignTokenizerTest {
  @TempDir Path folder;

  private void copy(String name) throws IOException {
    for (JsonNode file : Golden.json("sentence-transformers/" + name + "/files.json")) {
      Path parent = Path.of(file.stringValue()).getParent();
      Path target = parent == null ? folder : folder.resolve(parent);
      Golden.file(
          "sentence-transformers/" + name + "/" + file.stringValue(),
          Files.createDirectories(target));
    }
    Golden.file("families/qwen3/model.safetensors", folder);
  }

  private void edit(String name, Consumer<ObjectNode> change) throws IOException {
    Path file = folder.resolve(name);
    var json = (ObjectNode) JsonMapper.shared().readTree(Files.readString(file));
    change.accept(json);
    AtomicFiles.writeText(file, json.toString());
  }

  private ModelDescription open() {
    return ModelFolder.open(
        folder,
        base -> {
          throw new AlidadeException("no base " + base.name());
        },
        ModelFolder.BaseCheck.REQUIRE_SAME);
  }

  @Test
  void open_limitOfSentenceTransformers6_isThatOfTheTokenizer() throws Exception {
    copy("mean");
    try (var model = open()) {
      assertThat(model.settings().maxTokens()).isEqualTo(64);
    }
    edit("tokenizer_config.json", json -> json.put("model_max_length", 1e30));
    try (var model = open()) {
      assertThat(model.settings().maxTokens())
          .isEqualTo(Math.min(512, model.config().maxPositions()));
    }
  }

  @Test
  void open_meanWithoutEndToken_putsNone() throws Exception {
    copy("mean");
    try (var model = open()) {
      assertThat(model.tokenizer().encode("a", 9)).containsExactly(3, 0);
    }
    edit("tokenizer.json", json -> json.putNull("post_processor"));
    try (var model = open()) {
      assertThat(model.tokenizer().encode("a", 9)).containsExactly(3);
      assertThat(model.warnings()).isEmpty();
    }
  }

  @Test
  void open_lastTokenWithoutEndToken_putsItAndWarns() throws Exception {
    copy("last-token");
    try (var model = open()) {
      assertThat(model.warnings()).isEmpty();
    }
    edit("tokenizer.json", json -> json.putNull("post_processor"));
    try (var model = open()) {
      assertThat(model.tokenizer().encode("a", 9)).containsExactly(3, 0);
      assertThat(model.warnings())
          .singleElement()
          .asString()
          .contains("pools the last token, but its tokenizer puts no end token there");
    }
  }

  @Test
  void open_lowerCasing_isRefused() throws Exception {
    copy("legacy");
    edit("sentence_bert_config.json", json -> json.put("do_lower_case", true));
    assertThatThrownBy(() -> open().close())
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "sentence_bert_config.json: \"do_lower_case\": true is supported only where");
  }
}
