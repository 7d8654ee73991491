package io.alidade.mine;

import com.google.errorprone.annotations.MustBeClosed;
import io.alidade.core.AlidadeException;
import io.alidade.core.Awaited;
import io.alidade.core.DataException;
import io.alidade.core.ParserMessage;
import io.alidade.core.Sha256;
import io.alidade.core.WriteFailure;
import io.alidade.data.LineFile;
import io.alidade.eval.api.Reranker;
import io.alidade.eval.api.ServerException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A reranker whose scores lie in a file, `reranked.jsonl`, while the work on them is not done, so
/// that work that was stopped asks for none twice. A line says query and document by hash, and the
/// score.
///
/// Of whom a score is does not stand there: the file is to lie in a folder that belongs to one
/// reranker, as [io.alidade.core.manifest.RunFolder] sees to.
public final class KeptScores implements Reranker, AutoCloseable {
  public static final String FILE_NAME = "reranked.jsonl";

  private static final String QUERY = "query";
  private static final String DOCUMENT = "document";
  private static final String SCORE = "score";
  private static final int HEX = 16;

  private final Reranker reranker;
  private final Path file;
  private final LineFile lines;
  private final Map<Pair, Double> scores = new ConcurrentHashMap<>();

  /// Who waits for a request may be interrupted; the request, which is paid for, is not.
  private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();

  private volatile boolean done;

  /// The texts by the first 64 bits of their hashes.
  private record Pair(long query, long document) {
    static Pair of(String query, String document) {
      return new Pair(hash(query), hash(document));
    }

    private static long hash(String text) {
      byte[] digest = Sha256.digest().digest(text.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(digest).getLong();
    }
  }

  private KeptScores(Reranker reranker, Path file, LineFile lines) {
    this.reranker = reranker;
    this.file = file;
    this.lines = lines;
  }

  /// Goes on with the scores that an earlier process left in the folder, if one did.
  ///
  /// @throws DataException if a line holds none
  @MustBeClosed
  @SuppressWarnings("MustBeClosed") // what is returned owns the file and closes it
  public static KeptScores open(Path folder, Reranker reranker) {
    Path file = folder.resolve(FILE_NAME);
    LineFile lines = LineFile.open(file);
    var kept = new KeptScores(reranker, file, lines);
    try {
      lines.forEach((number, _, text) -> kept.read(number, text));
      return kept;
    } catch (RuntimeException e) {
      lines.close();
      throw e;
    }
  }

  /// Asks for what is missing. Threads that want the same score at the same time may each ask.
  ///
  /// @throws AlidadeException if the server fails, or the waiting thread is interrupted
  @Override
  public double[] scores(String query, List<String> texts) {
    List<Pair> pairs = texts.stream().map(text -> Pair.of(query, text)).toList();
    int[] missing =
        IntStream.range(0, pairs.size()).filter(i -> !scores.containsKey(pairs.get(i))).toArray();
    if (missing.length > 0) {
      List<String> asked = IntStream.of(missing).mapToObj(texts::get).toList();
      List<Pair> places = IntStream.of(missing).mapToObj(pairs::get).toList();
      Awaited.value(requests.submit(() -> ask(query, asked, places)), "the reranker was asked");
    }
    return pairs.stream().mapToDouble(pair -> Objects.requireNonNull(scores.get(pair))).toArray();
  }

  private void ask(String query, List<String> texts, List<Pair> pairs) {
    double[] answered;
    try {
      answered = reranker.scores(query, texts);
    } catch (ServerException e) {
      if (scores.isEmpty()) {
        throw e;
      }
      throw new AlidadeException(
          "%s; %d scores are kept, and the same command continues there"
              .formatted(e.getMessage(), scores.size()),
          e);
    }
    for (int i = 0; i < answered.length; i++) {
      LineFile.Place _ = lines.append(line(pairs.get(i), answered[i]));
      scores.put(pairs.get(i), answered[i]);
    }
  }

  private static String line(Pair pair, double score) {
    return JsonMapper.shared()
        .createObjectNode()
        .put(QUERY, "%016x".formatted(pair.query))
        .put(DOCUMENT, "%016x".formatted(pair.document))
        .put(SCORE, score)
        .toString();
  }

  private void read(long number, String text) {
    try {
      JsonNode line = JsonMapper.shared().readTree(text);
      var pair = new Pair(hash(line.path(QUERY)), hash(line.path(DOCUMENT)));
      if (!line.path(SCORE).isNumber()) {
        throw notAScore(number, "\"%s\" is no number".formatted(SCORE));
      }
      scores.put(pair, line.path(SCORE).asDouble());
    } catch (JacksonException e) {
      throw notAScore(number, ParserMessage.of(e));
    } catch (NumberFormatException e) {
      throw notAScore(number, String.valueOf(e.getMessage()));
    }
  }

  private static long hash(JsonNode digits) {
    return Long.parseUnsignedLong(digits.asString(""), HEX);
  }

  private DataException notAScore(long number, String problem) {
    return new DataException(
        file,
        number,
        "is no score of a reranker (%s); delete the line, and it is asked again"
            .formatted(problem));
  }

  /// Says that the scores are where they belong: closing removes the file.
  public void done() {
    done = true;
  }

  /// Waits for requests under way, whose answers are kept. A file without scores does not stay.
  @Override
  public void close() {
    try (lines) {
      requests.close();
    }
    if (done || scores.isEmpty()) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw WriteFailure.of(file, e);
      }
    }
  }
}
