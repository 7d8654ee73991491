package io.alidade.synth.llm;

import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.errors.OpenAIServiceException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletion.Choice.FinishReason;
import com.openai.models.completions.CompletionUsage;
import java.time.Duration;
import java.util.Optional;

/// What the answers of OpenAI's protocol mean.
final class OpenAiOutcome {
  private OpenAiOutcome() {}

  /// Of a completion.
  ///
  /// @throws OpenAIException if it is none
  static ChatOutcome of(ChatCompletion completion) {
    Usage usage = completion.usage().flatMap(OpenAiOutcome::usage).orElse(Usage.UNKNOWN);
    if (completion.choices().isEmpty()) {
      return new ChatOutcome.Lost("the answer has no choices");
    }
    ChatCompletion.Choice choice = completion.choices().getFirst();
    String text = choice.message().content().orElse("");
    Optional<String> declined = choice.message().refusal();
    if (declined.isPresent()) {
      return new ChatOutcome.Refused(declined.get(), usage);
    }
    Optional<FinishReason> finish = choice._finishReason().asKnown();
    return switch (finish.map(FinishReason::asString).orElse("")) {
      case "length" -> new ChatOutcome.Cut(text, usage);
      case "content_filter" -> new ChatOutcome.Filtered(text, usage);
      default -> new ChatOutcome.Answered(text, usage);
    };
  }

  /// Of what OpenAI's client throws.
  static ChatOutcome of(OpenAIException problem) {
    return problem instanceof OpenAIServiceException said
        ? ofError(said.statusCode(), code(said), reason(said), RetryAfter.of(said.headers()))
        : new ChatOutcome.Lost(reason(problem));
  }

  /// Of an error that the server tells.
  static ChatOutcome ofError(
      int status,
      String code,
      String reason,
      @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<Duration> retryAfter) {
    if (code.equals("content_filter")) {
      return new ChatOutcome.Filtered(reason, new Usage(0, 0));
    }
    return HttpStatus.outcome(status, code, retryAfter, reason);
  }

  /// Of failures on the way the client only says that there was one; why, says the cause.
  static String reason(Throwable problem) {
    Throwable cause = problem.getCause();
    return HttpStatus.line(cause == null ? problem : cause);
  }

  /// OpenAI's codes are words; llama.cpp's server repeats the status as a number.
  private static String code(OpenAIServiceException problem) {
    try {
      return problem.code().orElse("");
    } catch (OpenAIInvalidDataException _) {
      return "";
    }
  }

  private static Optional<Usage> usage(CompletionUsage counted) {
    Optional<Long> input = counted._promptTokens().asKnown();
    Optional<Long> output = counted._completionTokens().asKnown();
    return input.flatMap(in -> output.map(out -> new Usage(in, out)));
  }
}
