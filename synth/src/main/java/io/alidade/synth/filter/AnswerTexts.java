package io.alidade.synth.filter;

import io.alidade.synth.json.LenientJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Takes the texts that were asked for out of what a model wrote.
public final class AnswerTexts {
  /// What was found.
  sealed interface Result {
    /// By key, without white space around them.
    record Found(Map<String, String> texts) implements Result {}

    record Faulty(Filter.Fault fault) implements Result {}
  }

  /// The key of a judge's answer.
  public static final String SCORE = "score";

  /// What that key may hold.
  public static final Map<String, List<String>> SCORES =
      Map.of(SCORE, List.of("1", "2", "3", "4", "5"));

  private static final Pattern SCORE_FORM = Pattern.compile("([1-5])(?:\\.0)?(?: ?/ ?5)?");
  private static final int LEAST_TASK_CHARACTERS = 8;

  private AnswerTexts() {}

  /// The texts under these keys; other keys are passed over.
  static Result byKey(String answer, List<String> keys) {
    return switch (LenientJson.read(answer)) {
      case LenientJson.Result.Cut() -> faulty(Reason.CUT, "the JSON ends in the middle");
      case LenientJson.Result.None(String problem) -> faulty(Reason.NOT_JSON, problem);
      case LenientJson.Result.Found(ObjectNode object) -> byKey(object, keys);
      case LenientJson.Result.Found(ArrayNode list)
          when list.size() == 1 && list.get(0) instanceof ObjectNode only ->
          byKey(only, keys);
      case LenientJson.Result.Found _ -> faulty(Reason.SCHEMA, "a list came instead of an object");
    };
  }

  /// The tasks of a brainstormed list; empty if the answer holds none. Things in it that are no
  /// sentences are left out.
  public static List<String> tasks(String answer) {
    if (!(LenientJson.read(answer) instanceof LenientJson.Result.Found(JsonNode value))) {
      return List.of();
    }
    var tasks = new ArrayList<String>();
    JsonNode list =
        value instanceof ObjectNode object
            ? object.valueStream().filter(JsonNode::isArray).findFirst().orElse(object)
            : value;
    for (JsonNode element : list) {
      String task = element.isString() ? element.stringValue().strip() : "";
      if (task.length() >= LEAST_TASK_CHARACTERS && wellFormed(task) && !tasks.contains(task)) {
        tasks.add(task);
      }
    }
    return List.copyOf(tasks);
  }

  /// The score from 1 to 5 that a judge gave; empty if the answer holds none.
  public static OptionalInt score(String answer) {
    if (byKey(answer, List.of(SCORE)) instanceof Result.Found(Map<String, String> texts)) {
      Matcher score = SCORE_FORM.matcher(texts.getOrDefault(SCORE, ""));
      if (score.matches()) {
        return OptionalInt.of(Integer.parseInt(score.group(1)));
      }
    }
    return OptionalInt.empty();
  }

  private static Result byKey(ObjectNode object, List<String> keys) {
    var texts = new LinkedHashMap<String, String>();
    for (String key : keys) {
      JsonNode value = object.path(key);
      if (value.isMissingNode()) {
        String found = String.join(", ", object.propertyNames());
        return faulty(Reason.SCHEMA, "no key \"%s\", only %s".formatted(key, found));
      }
      // Labels are now and then written as numbers.
      if (!value.isString() && !value.isNumber()) {
        return faulty(Reason.SCHEMA, "\"%s\" holds no text".formatted(key));
      }
      String text = value.asString().strip();
      if (text.isEmpty()) {
        return faulty(Reason.EMPTY, "\"%s\" is empty".formatted(key));
      }
      if (!wellFormed(text)) {
        return faulty(Reason.SCHEMA, "\"%s\" holds half of a surrogate pair".formatted(key));
      }
      texts.put(key, text);
    }
    return new Result.Found(texts);
  }

  /// A lone half of a surrogate pair has no UTF-8 form.
  private static boolean wellFormed(String text) {
    return text.codePoints()
        .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }

  private static Result faulty(Reason reason, String detail) {
    return new Result.Faulty(new Filter.Fault(reason, detail));
  }
}
