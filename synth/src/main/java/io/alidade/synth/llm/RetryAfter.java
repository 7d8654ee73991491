package io.alidade.synth.llm;

import com.openai.core.http.Headers;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/// How long a server asks to be left alone: `retry-after-ms`, or `retry-after` in seconds or as a
/// date.
final class RetryAfter {
  private static final String NUMBER = "[0-9]{1,9}(\\.[0-9]{1,9})?";
  private static final double MILLIS = 1000;

  private RetryAfter() {}

  static Optional<Duration> of(Headers headers) {
    Optional<Duration> millis =
        first(headers, "retry-after-ms")
            .filter(text -> text.matches(NUMBER))
            .map(RetryAfter::millis);
    return millis.or(() -> first(headers, "retry-after").flatMap(RetryAfter::parse));
  }

  static Optional<Duration> parse(String value) {
    if (value.matches(NUMBER)) {
      return Optional.of(Duration.ofMillis((long) (Double.parseDouble(value) * MILLIS)));
    }
    try {
      Instant at = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration wait = Duration.between(Instant.now(), at);
      return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }

  private static Duration millis(String value) {
    return Duration.ofMillis((long) Double.parseDouble(value));
  }

  private static Optional<String> first(Headers headers, String name) {
    return headers.values(name).stream().findFirst().map(String::strip);
  }
}
