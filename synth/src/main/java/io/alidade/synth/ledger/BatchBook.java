package io.alidade.synth.ledger;

import com.google.errorprone.annotations.MustBeClosed;
import io.alidade.core.AtomicFiles;
import io.alidade.core.DataException;
import io.alidade.core.ParserMessage;
import io.alidade.core.WriteFailure;
import io.alidade.data.LineFile;
import io.alidade.synth.llm.BatchLine;
import io.alidade.synth.llm.ChatRequest;
import io.alidade.synth.llm.LlmConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What is on disk of a run's batches: `batches.jsonl` has a line for each step of each batch, and
/// `batches/N.jsonl` the calls of batch `N`, from before it is handed in until all of them stand in
/// the ledger. So a process that is killed at any point leaves behind which batches are under way
/// and what they can cost.
public final class BatchBook implements AutoCloseable {
  private static final String STEPS = "batches.jsonl";
  private static final String FOLDER = "batches";
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String BATCH = "batch";
  private static final String STEP = "step";
  private static final String PLANNED = "planned";
  private static final String UPLOADED = "uploaded";
  private static final String SUBMITTED = "submitted";

  private final Path folder;
  private final List<LlmConfig> llms;
  private final Path file;
  private final TreeMap<Long, List<ObjectNode>> unfinished = new TreeMap<>();
  private long lastNumber;
  private @Nullable LineFile steps;

  private BatchBook(Path run, List<LlmConfig> llms) {
    this.file = run.resolve(STEPS);
    this.folder = run.resolve(FOLDER);
    this.llms = List.copyOf(llms);
  }

  /// Opens the book in a run's folder.
  ///
  /// @param llms of the recipe, in its order
  /// @throws DataException if a line is broken
  @MustBeClosed
  @SuppressWarnings("MustBeClosed") // the book returned owns the file and closes it
  public static BatchBook open(Path folder, List<LlmConfig> llms) {
    var book = new BatchBook(folder, llms);
    if (Files.exists(book.file)) {
      try {
        book.steps().forEach((number, _, line) -> book.read(number, line));
      } catch (RuntimeException e) {
        book.close();
        throw e;
      }
    }
    return book;
  }

  /// A call to be put into a batch.
  record Planned(long number, ChatRequest request, Usd most) {}

  /// The batches that earlier processes left open, with the calls that the ledger does not have.
  List<OpenBatch> recovered(Ledger ledger) {
    var open = new ArrayList<OpenBatch>();
    unfinished.forEach((number, lines) -> open.add(recovered(number, lines, ledger)));
    unfinished.clear();
    return open;
  }

  /// Enters a batch that will be handed in.
  OpenBatch plan(LlmConfig llm, List<Planned> calls) {
    long number = ++lastNumber;
    var places = new ArrayList<BatchCall>(calls.size());
    AtomicFiles.write(
        calls(number),
        out -> {
          long start = 0;
          for (Planned call : calls) {
            byte[] line = line(call).getBytes(StandardCharsets.UTF_8);
            out.write(line);
            out.write('\n');
            var place = new LineFile.Place(start, line.length);
            places.add(new BatchCall(call.number(), call.request().hash(), call.most(), place));
            start += line.length + 1L;
          }
        });
    double share = llm.batch().priceShare();
    enter(
        step(number, PLANNED)
            .put("llm", llms.indexOf(llm))
            .put("requests", calls.size())
            .put("price_share", share));
    return new OpenBatch(number, llm, share, places, words(number));
  }

  /// Writes the file to upload for a batch.
  Path writeUpload(OpenBatch batch) {
    Path file = folder.resolve(batch.number() + ".upload.jsonl");
    AtomicFiles.write(
        file,
        out -> {
          for (BatchCall call : batch.calls().values()) {
            String line = BatchLine.of(BatchCall.id(call.number()), request(batch, call));
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
          }
        });
    return file;
  }

  /// Where to put a file that a batch gave.
  Path download(OpenBatch batch) {
    return folder.resolve(batch.number() + ".download.jsonl");
  }

  void uploaded(OpenBatch batch, String file) {
    enter(step(batch.number(), UPLOADED).put("file", file));
    batch.uploaded(file);
  }

  void submitted(OpenBatch batch, String id, Instant when) {
    enter(step(batch.number(), SUBMITTED).put("id", id).put("at", when.toString()));
    batch.submitted(id, when);
  }

  /// Enters that nothing is to be done for a batch any more.
  void closed(OpenBatch batch, String how) {
    enter(step(batch.number(), how));
    batch.words().close();
    delete(calls(batch.number()));
  }

  /// The words of a call.
  ChatRequest request(OpenBatch batch, BatchCall call) {
    return request(JSON.readValue(batch.words().lineAt(call.place()), ObjectNode.class));
  }

  static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw WriteFailure.of(file, e);
    }
  }

  @Override
  public void close() {
    if (steps != null) {
      steps.close();
    }
  }

  private void read(long lineNumber, String line) {
    try {
      ObjectNode step = JSON.readValue(line, ObjectNode.class);
      long number = step.required(BATCH).asLong();
      lastNumber = Math.max(lastNumber, number);
      switch (step.required(STEP).asString()) {
        case PLANNED, UPLOADED, SUBMITTED ->
            unfinished.computeIfAbsent(number, _ -> new ArrayList<>()).add(step);
        default -> unfinished.remove(number);
      }
    } catch (JacksonException e) {
      throw new DataException(
          file, lineNumber, "is no step of a batch: %s".formatted(ParserMessage.of(e)));
    }
  }

  private OpenBatch recovered(long number, List<ObjectNode> lines, Ledger ledger) {
    LineFile words = words(number);
    var calls = new ArrayList<BatchCall>();
    words.forEach((_, place, text) -> recover(text, place, calls, ledger));
    ObjectNode plan = lines.getFirst();
    var batch =
        new OpenBatch(
            number,
            llms.get(plan.required("llm").asInt()),
            plan.required("price_share").asDouble(),
            calls,
            words);
    for (ObjectNode line : lines) {
      switch (line.required(STEP).asString()) {
        case UPLOADED -> {
          batch.uploaded(line.required("file").asString());
          batch.createTried();
        }
        case SUBMITTED ->
            batch.submitted(
                line.required("id").asString(), Instant.parse(line.required("at").asString()));
        default -> {
          // Planned: nothing has been sent.
        }
      }
    }
    return batch;
  }

  private void recover(String text, LineFile.Place place, List<BatchCall> calls, Ledger ledger) {
    ObjectNode line = JSON.readValue(text, ObjectNode.class);
    long number = line.required("number").asLong();
    ledger.skipTo(number);
    if (!ledger.ended(number)) {
      Usd most = new Usd(line.required("usd").decimalValue());
      calls.add(new BatchCall(number, request(line).hash(), most, place));
    }
  }

  private String line(Planned call) {
    ChatRequest request = call.request();
    ObjectNode line =
        JSON.createObjectNode()
            .put("number", call.number())
            .put("usd", call.most().amount())
            .put("call", request.callId())
            .put("llm", llms.indexOf(request.llm()))
            .put("prompt", request.prompt())
            .put("seed", request.seed());
    ArrayNode keys = line.putArray("keys");
    request.shape().keys().forEach(keys::add);
    line.put("lists", request.shape().lists());
    return line.set("choices", JSON.valueToTree(request.shape().choices())).toString();
  }

  private ChatRequest request(ObjectNode line) {
    var keys = new ArrayList<String>();
    line.required("keys").forEach(key -> keys.add(key.asString()));
    return new ChatRequest(
        line.required("call").asString(),
        llms.get(line.required("llm").asInt()),
        line.required("prompt").asString(),
        line.required("seed").asLong(),
        new ChatRequest.Shape(keys, line.required("lists").asBoolean(), choices(line)));
  }

  private static Map<String, List<String>> choices(ObjectNode line) {
    var choices = new TreeMap<String, List<String>>();
    line.path("choices")
        .properties()
        .forEach(
            entry ->
                choices.put(
                    entry.getKey(),
                    entry.getValue().valueStream().map(JsonNode::asString).toList()));
    return choices;
  }

  private Path calls(long number) {
    return folder.resolve(number + ".jsonl");
  }

  /// Closed by the batch that it is of.
  @SuppressWarnings("MustBeClosed")
  private LineFile words(long number) {
    if (!Files.exists(calls(number))) {
      throw new DataException(
          calls(number),
          "is missing, and its calls are under way at the server; put it back, or start in another"
              + " folder");
    }
    return LineFile.open(calls(number));
  }

  private static ObjectNode step(long number, String step) {
    return JSON.createObjectNode().put(BATCH, number).put(STEP, step);
  }

  private void enter(ObjectNode step) {
    LineFile.Place _ = steps().append(step.toString());
  }

  /// Closed by the book.
  @SuppressWarnings("MustBeClosed")
  private LineFile steps() {
    LineFile opened = steps;
    if (opened == null) {
      opened = LineFile.open(file);
      steps = opened;
    }
    return opened;
  }
}
