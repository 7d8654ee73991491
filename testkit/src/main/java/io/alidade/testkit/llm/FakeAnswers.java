package io.alidade.testkit.llm;

import io.alidade.testkit.llm.FakeOpenAi.FakeRequest;
import io.alidade.testkit.llm.FakeOpenAi.Reply;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Answers to the prompts of `alidade generate` that are functions of the request: good ones, and
/// with every fault that servers and models have been seen to show.
public final class FakeAnswers {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final List<String> SUBJECTS =
      List.of(
          "The old harbour", "A young doctor", "The wide valley", "My neighbour", "The orchestra");
  private static final List<String> VERBS =
      List.of("has never forgotten", "often describes", "quietly changed", "was built beside");
  private static final List<String> OBJECTS =
      List.of("the long winter", "a forgotten railway", "the market on the hill", "three letters");
  private static final List<String> SYLLABLES =
      List.of("ba", "lo", "min", "ter", "sha", "ve", "kru", "pel", "dor", "ni", "gus", "ta");
  private static final int DOCUMENT_SENTENCES = 12;
  private static final int TASKS = 20;

  private FakeAnswers() {}

  /// Always a good answer.
  public static Reply good(FakeRequest request, int times) {
    return new Reply.Completion(answer(request).toString(), "stop");
  }

  /// Every fault now and then. Those of the server go away when the same request comes again; those
  /// of the model stay.
  public static Reply faulty(FakeRequest request, int times) {
    Reply server = serverFault(request.draw("server", 16));
    return times == 0 && !(server instanceof Reply.Completion) ? server : modelFault(request);
  }

  /// Every fault but the hang, which costs a client its whole timeout.
  public static Reply faultyAtOnce(FakeRequest request, int times) {
    Reply reply = faulty(request, times);
    return reply instanceof Reply.Hang ? modelFault(request) : reply;
  }

  private static Reply serverFault(int draw) {
    return switch (draw) {
      case 0 ->
          new Reply.Failure(429, Map.of("Retry-After", "0"), FakeOpenAi.error("slow down", "rate"));
      case 1 -> new Reply.Failure(429, Map.of(), FakeOpenAi.error("slow down", "rate"));
      case 2 -> new Reply.Failure(500, Map.of(), FakeOpenAi.error("oops", "server_error"));
      case 3 -> new Reply.Failure(503, Map.of(), "<html>busy</html>");
      case 4 -> new Reply.Drop();
      case 5 -> new Reply.Hang();
      case 6 -> new Reply.Failure(200, Map.of(), "this is no completion");
      default -> new Reply.Completion("", "stop");
    };
  }

  private static Reply modelFault(FakeRequest request) {
    ObjectNode answer = answer(request);
    String text = answer.toString();
    return switch (request.draw("model", 24)) {
      case 0 ->
          new Reply.Completion("Sure, here it is:\n```json\n" + text + "\n```\nEnjoy!", "stop");
      case 1 -> new Reply.Completion(text.substring(0, text.length() / 2), "stop");
      case 2 -> new Reply.Completion(text.substring(0, text.length() / 2), "length");
      case 3 -> new Reply.Completion("{\"question\": \"x\", \"answer\": \"y\"}", "stop");
      case 4 -> new Reply.Refusal("I cannot help with that.");
      case 5 -> new Reply.Completion("", "content_filter");
      case 6 -> new Reply.Failure(400, Map.of(), FakeOpenAi.error("flagged", "content_filter"));
      case 7 -> new Reply.Completion("I would rather talk about something else.", "stop");
      case 8 -> new Reply.Completion(text.replace("\"}", "\",}"), "stop");
      case 9 -> new Reply.Completion("{\"S1\": True, \"S2\": None}", "stop");
      default -> new Reply.Completion(text, "stop");
    };
  }

  private static ObjectNode answer(FakeRequest request) {
    ObjectNode answer = JSON.createObjectNode();
    for (String key : request.keys()) {
      var random = new Random((request.key() + key).hashCode());
      if (request.lists()) {
        ArrayNode list = answer.putArray(key);
        for (int i = 0; i < TASKS; i++) {
          list.add("Given a note, find the note that says: " + sentence(random));
        }
      } else {
        answer.put(key, text(key, random));
      }
    }
    return answer;
  }

  private static String text(String key, Random random) {
    return switch (key) {
      case "score" -> Integer.toString(2 + random.nextInt(4));
      case "user_query" -> sentence(random) + random.nextInt(1_000_000);
      case "label", "misleading_label" -> key.charAt(0) + "-" + random.nextInt(1_000_000);
      case "input", "positive_document", "hard_negative_document" ->
          sentences(random, DOCUMENT_SENTENCES);
      default -> sentences(random, DOCUMENT_SENTENCES / 3);
    };
  }

  static String sentences(Random random, int count) {
    return random.ints(count).mapToObj(_ -> sentence(random)).collect(Collectors.joining(" "))
        + random.nextInt(1_000_000);
  }

  private static String sentence(Random random) {
    return "%s %s %s with %s and %s."
        .formatted(
            pick(SUBJECTS, random),
            pick(VERBS, random),
            pick(OBJECTS, random),
            name(random),
            name(random));
  }

  private static String name(Random random) {
    return random
        .ints(3, 0, SYLLABLES.size())
        .mapToObj(SYLLABLES::get)
        .collect(Collectors.joining());
  }

  private static String pick(List<String> words, Random random) {
    return words.get(random.nextInt(words.size()));
  }
}
