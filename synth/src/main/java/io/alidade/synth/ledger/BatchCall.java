package io.alidade.synth.ledger;

import io.alidade.data.LineFile;
import io.alidade.synth.llm.ChatOutcome;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A call that is in a batch. Its words are on disk.
final class BatchCall {
  private static final String PREFIX = "call-";

  private final long number;
  private final String hash;
  private final Usd most;
  private final LineFile.Place place;
  private @Nullable Waiting waiting;

  /// Who waits for the call's end.
  ///
  /// @param attempts that this process has made before
  record Waiting(CompletableFuture<Optional<ChatOutcome.Final>> end, int attempts) {}

  /// @param hash of the request
  /// @param most what it can cost
  /// @param place in the file of the batch's calls
  BatchCall(long number, String hash, Usd most, LineFile.Place place) {
    this.number = number;
    this.hash = hash;
    this.most = most;
    this.place = place;
  }

  /// The call's name within its batch.
  static String id(long number) {
    return PREFIX + number;
  }

  /// The number of a call of that name; 0 for other names.
  static long number(String id) {
    return id.matches(PREFIX + "[0-9]{1,18}") ? Long.parseLong(id.substring(PREFIX.length())) : 0;
  }

  long number() {
    return number;
  }

  String hash() {
    return hash;
  }

  Usd most() {
    return most;
  }

  LineFile.Place place() {
    return place;
  }

  /// Nobody waits for calls of an earlier process until they are asked for again.
  Optional<Waiting> waiting() {
    return Optional.ofNullable(waiting);
  }

  void await(Waiting who) {
    waiting = who;
  }
}
