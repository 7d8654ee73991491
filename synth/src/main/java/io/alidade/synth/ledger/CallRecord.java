package io.alidade.synth.ledger;

import io.alidade.synth.llm.ChatOutcome;
import io.alidade.synth.llm.ChatRequest;
import io.alidade.synth.llm.Usage;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// One line of the ledger: a call and how it ended.
///
/// @param number counts the calls of a run, over all its processes
/// @param request the content id that a later process finds the answer by
/// @param verdict `answered`, `cut`, `refused`, `filtered`, `throttled`, `failed` or `lost`
/// @param cost what it is taken to have cost
/// @param line the whole line
public record CallRecord(
    long number, String request, String verdict, Usd cost, Usage usage, ObjectNode line) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final long MOST_CALLS = 1_000_000_000;
  private static final int MOST_DIGITS = 100;

  /// The verdict of a call that was under way when a process was killed.
  static final String KILLED = "killed";

  /// How a call went out.
  ///
  /// @param started when it was sent, alone or with its batch
  /// @param millis until its end was known
  /// @param priceShare what is paid of the LLM's price
  /// @param batch the server's id of the batch; empty for a call by itself
  record Sent(Instant started, long millis, double priceShare, String batch) {
    static Sent alone(Instant started, long millis) {
      return new Sent(started, millis, 1, "");
    }
  }

  /// The record of a call that came to an end.
  ///
  /// @param reserved what it could cost at most, which counts where the server does not say
  static CallRecord of(
      long number, ChatRequest request, ChatOutcome outcome, Sent sent, Usd reserved) {
    Usage usage =
        switch (outcome) {
          case ChatOutcome.Final ended -> ended.usage();
          case ChatOutcome.Lost _ -> Usage.UNKNOWN;
          case ChatOutcome.Throttled _, ChatOutcome.ServerFailed _, ChatOutcome.Denied _ ->
              new Usage(0, 0);
        };
    Usd cost = usage.known() ? Usd.cost(request.llm(), usage).times(sent.priceShare()) : reserved;
    String hash = request.hash();
    ObjectNode line = request(number, request, hash);
    line.put("started", sent.started().truncatedTo(ChronoUnit.MILLIS).toString());
    line.put("latency_ms", sent.millis());
    if (!sent.batch().isEmpty()) {
      line.put("batch", sent.batch());
    }
    if (usage.known()) {
      line.put("input_tokens", usage.input());
      line.put("output_tokens", usage.output());
    }
    line.put("usd", cost.amount());
    line.put("usd_is", usage.known() ? "counted" : "the most it can be");
    line.put("verdict", verdict(outcome));
    switch (outcome) {
      case ChatOutcome.Final ended -> line.put("answer", ended.text());
      case ChatOutcome.Retriable failed -> line.put("reason", failed.reason());
      case ChatOutcome.Denied denied -> line.put("reason", denied.reason());
    }
    return new CallRecord(number, hash, verdict(outcome), cost, usage, line);
  }

  /// The record of a call that a killed process had sent.
  static CallRecord killed(long number, Usd reserved) {
    ObjectNode line =
        JSON.createObjectNode()
            .put("number", number)
            .put("usd", reserved.amount())
            .put("usd_is", "the most it can be")
            .put("verdict", KILLED);
    return new CallRecord(number, "", KILLED, reserved, Usage.UNKNOWN, line);
  }

  /// Reads a line.
  ///
  /// @throws IllegalArgumentException for values that none of ours has
  static CallRecord parse(ObjectNode line) {
    String verdict = line.required("verdict").asString();
    String request = line.path("request").asString("");
    if (!verdict.equals(KILLED) && !HASH.matcher(request).matches()) {
      throw new IllegalArgumentException("its request is no hash");
    }
    return new CallRecord(
        number(line),
        request,
        verdict,
        reserved(line),
        new Usage(line.path("input_tokens").asLong(-1), line.path("output_tokens").asLong(-1)),
        line);
  }

  /// The number of a call's or a reservation's line.
  static long number(JsonNode line) {
    long number = line.required("number").asLong();
    if (number < 1 || number > MOST_CALLS) {
      throw new IllegalArgumentException("number must be from 1 to %,d".formatted(MOST_CALLS));
    }
    return number;
  }

  /// The money of such a line.
  static Usd reserved(JsonNode line) {
    BigDecimal amount = line.required("usd").decimalValue();
    if (amount.signum() < 0
        || amount.precision() > MOST_DIGITS
        || Math.abs(amount.scale()) > MOST_DIGITS) {
      throw new IllegalArgumentException("usd must be an amount of money");
    }
    return new Usd(amount);
  }

  /// The call's end, if it is one that need not be tried again.
  Optional<ChatOutcome.Final> end() {
    String answer = line.path("answer").asString("");
    return switch (verdict) {
      case "answered" -> Optional.of(new ChatOutcome.Answered(answer, usage));
      case "cut" -> Optional.of(new ChatOutcome.Cut(answer, usage));
      case "refused" -> Optional.of(new ChatOutcome.Refused(answer, usage));
      case "filtered" -> Optional.of(new ChatOutcome.Filtered(answer, usage));
      default -> Optional.empty();
    };
  }

  private static ObjectNode request(long number, ChatRequest request, String hash) {
    return JSON.createObjectNode()
        .put("number", number)
        .put("call", request.callId())
        .put("request", hash)
        .put("model", request.llm().model())
        .put("base_url", request.llm().baseUrl())
        .put("temperature", request.llm().temperature())
        .put("top_p", request.llm().topP())
        .put("max_tokens", request.llm().maxTokens())
        .put("seed", request.seed())
        .put("prompt", request.prompt());
  }

  private static String verdict(ChatOutcome outcome) {
    return switch (outcome) {
      case ChatOutcome.Answered _ -> "answered";
      case ChatOutcome.Cut _ -> "cut";
      case ChatOutcome.Refused _ -> "refused";
      case ChatOutcome.Filtered _ -> "filtered";
      case ChatOutcome.Throttled _ -> "throttled";
      case ChatOutcome.ServerFailed _ -> "failed";
      case ChatOutcome.Lost _ -> "lost";
      case ChatOutcome.Denied _ -> "denied";
    };
  }
}
