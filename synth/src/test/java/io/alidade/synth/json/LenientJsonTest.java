package io.alidade.synth.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class LenientJsonTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String EXPECTED = "{\"a\":\"it's\",\"b\":[true,null,1]}";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\": \"it's\", \"b\": [true, null, 1]}",
        "```json\n{\"a\": \"it's\", \"b\": [true, null, 1]}\n```",
        "Sure! Here it is:\n{\"a\": \"it's\", \"b\": [true, null, 1]}\nHope that {helps}.",
        "{'a': 'it\\'s', 'b': [True, None, 1]}",
        "{\"a\": \"it's\", \"b\": [true, null, 1,],}",
        "The keys are {a, b}: {\"a\": \"it's\", \"b\": [true, null, 1]}",
        "<think>maybe {\"a\": \"no\"}?</think>{\"a\": \"it's\", \"b\": [true, null, 1]}",
        "{\"a\": \"it\\u0027s\", \"b\": [true, null, 1]}",
      })
  void read_habitsOfLlms_areLetPass(String answer) {
    assertThat(LenientJson.read(answer))
        .isInstanceOfSatisfying(
            LenientJson.Result.Found.class,
            found -> assertThat(found.value().toString()).isEqualTo(EXPECTED));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\": \"it",
        "{\"a\": {\"b\": \"c\"}, \"d",
        "{\"a\": 1",
        "[\"x\", \"y\"",
        "{\"a\": \"x\\",
      })
  void read_cutJson_isRefusedAsCut(String answer) {
    assertThat(LenientJson.read(answer)).isInstanceOf(LenientJson.Result.Cut.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "I cannot help with that.",
        "{a: 1}",
        "{\"a\": __import__('os')}",
        "{\"a\": \"x\" \"b\": 1}",
        "{\"a\": 1, \"a\": 2}",
        "{\"a\": \"\\x41\"}",
      })
  void read_whatIsNoJson_saysSo(String answer) {
    assertThat(LenientJson.read(answer))
        .isInstanceOfSatisfying(
            LenientJson.Result.None.class, none -> assertThat(none.problem()).isNotBlank());
  }

  @Test
  void read_lineBreakWithinText_isKept() {
    assertThat(LenientJson.read("{\"a\": \"one\ntwo\"}"))
        .isEqualTo(new LenientJson.Result.Found(JSON.readTree("{\"a\": \"one\\ntwo\"}")));
  }

  @Test
  void read_deepNesting_isRefused() {
    assertThat(LenientJson.read("[".repeat(100_000))).isInstanceOf(LenientJson.Result.None.class);
  }

  /// Jackson is the model: what it writes is read as it was, cut anywhere it is not read at all,
  /// and with any byte changed nothing is thrown.
  @Test
  void read_randomTrees_agreesWithJackson() {
    var random = new Random(11);
    for (int round = 0; round < 700; round++) {
      JsonNode tree = object(random, 3);
      String text =
          round % 2 == 0
              ? tree.toString()
              : JSON.writerWithDefaultPrettyPrinter().writeValueAsString(tree);
      assertThat(LenientJson.read("Here you are: " + text + " Bye."))
          .as(text)
          .isEqualTo(new LenientJson.Result.Found(tree));
      String cut = text.substring(0, random.nextInt(text.length()));
      assertThat(LenientJson.read(cut)).as(cut).isNotInstanceOf(LenientJson.Result.Found.class);
      var changed = new StringBuilder(text);
      changed.setCharAt(
          random.nextInt(text.length()), "{}[]\",'\\:x0\u0000".charAt(random.nextInt(12)));
      assertThat(LenientJson.read(changed.toString())).isNotNull();
    }
  }

  private static ObjectNode object(Random random, int depth) {
    ObjectNode object = JSON.createObjectNode();
    for (int i = random.nextInt(4); i >= 0; i--) {
      object.set(text(random), node(random, depth));
    }
    return object;
  }

  private static JsonNode node(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 7 : 5)) {
      case 0 -> JSON.getNodeFactory().numberNode(random.nextLong() >> 8);
      case 1 -> JSON.getNodeFactory().booleanNode(random.nextBoolean());
      case 2 -> JSON.getNodeFactory().nullNode();
      case 5 -> object(random, depth - 1);
      case 6 -> {
        ArrayNode list = JSON.createArrayNode();
        for (int i = random.nextInt(4); i > 0; i--) {
          list.add(node(random, depth - 1));
        }
        yield list;
      }
      default -> JSON.getNodeFactory().stringNode(text(random));
    };
  }

  private static String text(Random random) {
    var text = new StringBuilder();
    for (int i = random.nextInt(8); i >= 0; i--) {
      text.appendCodePoint("ab{}[]\"'\\\n\t é中😀:,".codePoints().toArray()[random.nextInt(17)]);
    }
    return text.toString();
  }
}
