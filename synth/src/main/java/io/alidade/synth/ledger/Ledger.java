package io.alidade.synth.ledger;

import com.google.errorprone.annotations.MustBeClosed;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.alidade.core.DataException;
import io.alidade.core.ParserMessage;
import io.alidade.data.LineFile;
import io.alidade.synth.llm.ChatOutcome;
import io.alidade.synth.llm.ChatRequest;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Every call of a run over all its processes, `ledger.jsonl`: one line a call, written when the
/// call is over and before its answer is used. Beside it `reserved.jsonl` holds a line for each
/// call from before it is sent, so that calls under way when a process is killed still count
/// against the budget. Threads may share it.
///
/// Of the answers of earlier processes only their places are held in memory, and only until they
/// are asked for.
public final class Ledger implements AutoCloseable {
  public static final String FILE_NAME = "ledger.jsonl";
  static final String RESERVED_FILE_NAME = "reserved.jsonl";
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int KEY_DIGITS = 16;

  private final Path file;
  private final LineFile calls;
  private final LineFile reservations;

  @GuardedBy("this")
  private final Map<Long, LineFile.Place> answers = new HashMap<>();

  /// The numbers of calls that earlier processes recorded.
  @GuardedBy("this")
  private final BitSet ended = new BitSet();

  @GuardedBy("this")
  private LedgerTotals totals = LedgerTotals.NONE;

  @GuardedBy("this")
  private long lastNumber;

  private Ledger(Path file, LineFile calls, LineFile reservations) {
    this.file = file;
    this.calls = calls;
    this.reservations = reservations;
  }

  /// Opens the folder's ledger; calls that a killed process had under way are entered into it.
  ///
  /// @throws DataException if a line is broken
  @MustBeClosed
  @SuppressWarnings("MustBeClosed") // the ledger returned owns the files and closes them
  public static Ledger open(Path folder) {
    Path file = folder.resolve(FILE_NAME);
    LineFile calls = LineFile.open(file);
    try {
      var ledger = new Ledger(file, calls, LineFile.open(folder.resolve(RESERVED_FILE_NAME)));
      ledger.readCalls();
      return ledger;
    } catch (RuntimeException e) {
      calls.close();
      throw e;
    }
  }

  /// The end of the call in an earlier process, if it came to one. Each is given once.
  synchronized Optional<ChatOutcome.Final> take(ChatRequest request) {
    if (answers.isEmpty()) {
      return Optional.empty();
    }
    String hash = request.hash();
    return Optional.ofNullable(answers.remove(key(hash)))
        .map(place -> record(0, calls.lineAt(place)))
        .filter(record -> record.request().equals(hash))
        .flatMap(CallRecord::end);
  }

  /// Enters that a call will be sent.
  ///
  /// @param most what it can cost
  /// @return its number
  long begin(Usd most) {
    long number = nextNumber();
    LineFile.Place _ =
        reservations.append(
            JSON.createObjectNode().put("number", number).put("usd", most.amount()).toString());
    return number;
  }

  /// Enters how it ended.
  void end(CallRecord record) {
    LineFile.Place _ = append(record);
  }

  /// Enters how a call of an earlier process ended, which may still be asked for.
  synchronized void keep(CallRecord record) {
    LineFile.Place place = append(record);
    if (record.end().isPresent()) {
      answers.put(key(record.request()), place);
    }
  }

  /// Whether the call of that number was recorded by an earlier process.
  synchronized boolean ended(long number) {
    return ended.get((int) number);
  }

  /// The number of a call that is reserved elsewhere.
  synchronized long nextNumber() {
    return ++lastNumber;
  }

  /// Gives no number up to that one.
  synchronized void skipTo(long number) {
    lastNumber = Math.max(lastNumber, number);
  }

  public synchronized LedgerTotals totals() {
    return totals;
  }

  @Override
  public void close() {
    try (calls) {
      reservations.close();
    }
  }

  private LineFile.Place append(CallRecord record) {
    LineFile.Place place = calls.append(record.line().toString());
    count(record);
    return place;
  }

  private synchronized void count(CallRecord record) {
    totals = totals.plus(record);
  }

  private void readCalls() {
    calls.forEach((line, place, text) -> remember(record(line, text), place));
    reservations.forEach(
        (line, _, text) -> {
          CallRecord killed = reservation(line, text);
          if (!ended(killed.number())) {
            remember(killed, calls.append(killed.line().toString()));
          }
        });
    reservations.clear();
  }

  private synchronized void remember(CallRecord record, LineFile.Place place) {
    totals = totals.plus(record);
    ended.set((int) record.number());
    lastNumber = Math.max(lastNumber, record.number());
    if (record.end().isPresent()) {
      answers.put(key(record.request()), place);
    }
  }

  private CallRecord record(long line, String text) {
    try {
      return CallRecord.parse(JSON.readValue(text, ObjectNode.class));
    } catch (JacksonException e) {
      throw notARecord(line, ParserMessage.of(e));
    } catch (IllegalArgumentException e) {
      throw notARecord(line, String.valueOf(e.getMessage()));
    }
  }

  private DataException notARecord(long line, String problem) {
    return new DataException(
        file,
        line,
        "is no record of a call (%s); delete the line, and its call is made again"
            .formatted(problem));
  }

  /// What a killed process left of a call, as its record.
  private CallRecord reservation(long line, String text) {
    try {
      JsonNode reserved = JSON.readTree(text);
      return CallRecord.killed(CallRecord.number(reserved), CallRecord.reserved(reserved));
    } catch (JacksonException e) {
      throw notAReservation(line, ParserMessage.of(e));
    } catch (IllegalArgumentException e) {
      throw notAReservation(line, String.valueOf(e.getMessage()));
    }
  }

  private DataException notAReservation(long line, String problem) {
    return new DataException(
        file.resolveSibling(RESERVED_FILE_NAME),
        line,
        "is no reservation of a call (%s); delete the line, and what its call cost is not counted"
            .formatted(problem));
  }

  private static long key(String hash) {
    return Long.parseUnsignedLong(hash, 0, KEY_DIGITS, 16);
  }
}
