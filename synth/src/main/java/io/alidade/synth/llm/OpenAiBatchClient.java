package io.alidade.synth.llm;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.Timeout;
import com.openai.core.http.HttpResponse;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIException;
import com.openai.models.batches.Batch;
import com.openai.models.batches.BatchCreateParams;
import com.openai.models.batches.BatchError;
import com.openai.models.batches.BatchListParams;
import com.openai.models.batches.BatchRequestCounts;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FilePurpose;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// The batches of an OpenAI-compatible server, through OpenAI's own client with its retries off.
/// What goes wrong is a [ServerException].
public final class OpenAiBatchClient implements AutoCloseable {
  private static final double MILLIS = 1000;
  private static final long PAGE = 100;

  private final OpenAIClient client;

  /// @param apiKey empty where the server needs none
  public OpenAiBatchClient(LlmConfig llm, String apiKey) {
    Duration silence = Duration.ofMillis((long) (llm.timeoutSeconds() * MILLIS));
    client =
        OpenAIOkHttpClient.builder()
            .baseUrl(llm.baseUrl())
            .apiKey(apiKey.isEmpty() ? "none" : apiKey)
            .timeout(
                Timeout.builder()
                    .connect(silence)
                    .read(silence)
                    .write(silence)
                    // A large file takes as long as it takes.
                    .request(Duration.ZERO)
                    .build())
            .maxRetries(0)
            .build();
  }

  /// Hands in a file of requests, which costs nothing.
  ///
  /// @return its id
  public String upload(Path file) {
    return asked(
        () ->
            client
                .files()
                .create(FileCreateParams.builder().purpose(FilePurpose.BATCH).file(file).build())
                .id());
  }

  /// Has the requests of a file answered.
  ///
  /// @param metadata for people who look at their batches
  public BatchStatus create(String inputFile, Map<String, String> metadata) {
    var words = BatchCreateParams.Metadata.builder();
    metadata.forEach(words::putProperty);
    return asked(
        () ->
            status(
                client
                    .batches()
                    .create(
                        BatchCreateParams.builder()
                            .inputFileId(inputFile)
                            .endpoint(BatchCreateParams.Endpoint.of(BatchLine.ENDPOINT))
                            .completionWindow(BatchCreateParams.CompletionWindow._24H)
                            .metadata(words.build())
                            .build())));
  }

  /// The batch that was made of a file, if there is one, among all of the account.
  public Optional<BatchStatus> find(String inputFile) {
    return asked(
        () ->
            client
                .batches()
                .list(BatchListParams.builder().limit(PAGE).build())
                .autoPager()
                .stream()
                .filter(batch -> batch.inputFileId().equals(inputFile))
                .findFirst()
                .map(OpenAiBatchClient::status));
  }

  /// How far a batch is.
  public BatchStatus retrieve(String id) {
    return asked(() -> status(client.batches().retrieve(id)));
  }

  /// Fetches a file of the server.
  ///
  /// @return whether the server has it
  public boolean download(String id, Path target) {
    return asked(
        () -> {
          try (HttpResponse response = client.files().content(id);
              InputStream in = response.body()) {
            Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
            return true;
          } catch (NotFoundException _) {
            return false;
          } catch (IOException e) {
            throw failure(new ChatOutcome.Lost(OpenAiOutcome.reason(e)), e);
          }
        });
  }

  @Override
  public void close() {
    client.close();
  }

  private static <T> T asked(Supplier<T> question) {
    try {
      return question.get();
    } catch (OpenAIException e) {
      throw failure(OpenAiOutcome.of(e), e);
    }
  }

  private static ServerException failure(ChatOutcome problem, Exception cause) {
    return new ServerException(problem, OpenAiOutcome.reason(cause), cause);
  }

  private static BatchStatus status(Batch batch) {
    Optional<BatchRequestCounts> counts = batch.requestCounts();
    Optional<Long> completed = counts.flatMap(one -> one._completed().asKnown());
    return new BatchStatus(
        batch.id(),
        batch.inputFileId(),
        state(batch.status().asString()),
        completed.map(OptionalLong::of).orElseGet(OptionalLong::empty),
        counts.flatMap(one -> one._failed().asKnown()).orElse(0L),
        batch.outputFileId().orElse(""),
        batch.errorFileId().orElse(""),
        batch
            .errors()
            .flatMap(Batch.Errors::data)
            .filter(errors -> !errors.isEmpty())
            .map(List::getFirst)
            .map(OpenAiBatchClient::problem)
            .orElse(BatchStatus.Problem.NONE));
  }

  private static BatchStatus.State state(String label) {
    return switch (label) {
      case "completed" -> BatchStatus.State.COMPLETED;
      case "expired" -> BatchStatus.State.EXPIRED;
      case "cancelled" -> BatchStatus.State.CANCELLED;
      case "failed" -> BatchStatus.State.FAILED;
      default -> BatchStatus.State.UNDER_WAY;
    };
  }

  private static BatchStatus.Problem problem(BatchError error) {
    String message = HttpStatus.line(error.message().orElse(""));
    String line = error.line().map(" (line %d)"::formatted).orElse("");
    return new BatchStatus.Problem(error.code().orElse(""), message + line);
  }
}
