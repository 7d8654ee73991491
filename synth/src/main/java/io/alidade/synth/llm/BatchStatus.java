package io.alidade.synth.llm;

import java.util.OptionalLong;

/// What a server says of a batch.
///
/// @param completed requests with an answer, if it says
/// @param failed requests that came to an end without one
/// @param outputFile holds the answers; empty where there is none
/// @param errorFile holds the other ends; empty where there is none
/// @param problem of a batch that failed
public record BatchStatus(
    String id,
    String inputFile,
    State state,
    @SuppressWarnings("OptionalUsedAsFieldOrParameterType") OptionalLong completed,
    long failed,
    String outputFile,
    String errorFile,
    Problem problem) {

  /// How far it is.
  public enum State {
    /// Not at its end.
    UNDER_WAY,
    /// Every request came to an end.
    COMPLETED,
    /// Its time ran out, with some requests answered.
    EXPIRED,
    /// Somebody stopped it, with some requests answered.
    CANCELLED,
    /// It was refused as a whole; nothing was answered and nothing is to pay.
    FAILED
  }

  /// Why a batch failed.
  ///
  /// @param code such as `invalid_json_line`; empty where there is none
  public record Problem(String code, String message) {
    static final Problem NONE = new Problem("", "");

    /// More tokens are waiting in batches than the account may have, so that a later or smaller
    /// batch is taken.
    public boolean tooMuchAtOnce() {
      return code.equals("token_limit_exceeded");
    }
  }

  /// Requests that came to an end.
  public long done() {
    return completed.orElse(0) + failed;
  }
}
