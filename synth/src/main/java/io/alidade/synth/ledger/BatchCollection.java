package io.alidade.synth.ledger;

import io.alidade.core.DataException;
import io.alidade.synth.llm.BatchLine;
import io.alidade.synth.llm.BatchStatus;
import io.alidade.synth.llm.ChatOutcome;
import io.alidade.synth.llm.OpenAiBatchClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiConsumer;

/// Reads what a batch gave. Lines stand in any order, and those of other batches and those that
/// came before are passed over.
final class BatchCollection {
  private final OpenBatch batch;
  private final Path download;
  private final OpenAiBatchClient client;
  private long answers;

  /// @param download where files are put for a while
  BatchCollection(OpenBatch batch, Path download, OpenAiBatchClient client) {
    this.batch = batch;
    this.download = download;
    this.client = client;
  }

  /// Hands each call's end to the consumer.
  void read(BatchStatus status, BiConsumer<BatchCall, ChatOutcome> consumer) {
    answers = read(status.outputFile(), consumer);
    long _ = read(status.errorFile(), consumer);
  }

  /// Whether all is there that the server has.
  boolean whole(BatchStatus status) {
    return batch.calls().isEmpty() || (status.completed().isPresent() && allAnswers(status));
  }

  /// The end of calls that the files do not have. If they hold as many answers as the server says
  /// that it gave, it did nothing for these.
  ChatOutcome missing(BatchStatus status) {
    return status.completed().isPresent() && allAnswers(status)
        ? new ChatOutcome.ServerFailed(0, "the batch ended without this request")
        : new ChatOutcome.Lost("the batch's files are without this request");
  }

  private boolean allAnswers(BatchStatus status) {
    return answers >= status.completed().orElseThrow();
  }

  /// @return lines that are whole
  private long read(String file, BiConsumer<BatchCall, ChatOutcome> consumer) {
    if (file.isEmpty() || !client.download(file, download)) {
      return 0;
    }
    long lines = 0;
    try (BufferedReader in = Files.newBufferedReader(download)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        Optional<BatchLine> end = BatchLine.parse(line);
        lines += end.isPresent() ? 1 : 0;
        end.ifPresent(one -> hand(one, consumer));
      }
    } catch (IOException e) {
      throw new DataException(download, "cannot be read: " + e.getMessage(), e);
    }
    BatchBook.delete(download);
    return lines;
  }

  private void hand(BatchLine line, BiConsumer<BatchCall, ChatOutcome> consumer) {
    BatchCall call = batch.calls().get(BatchCall.number(line.id()));
    if (call != null) {
      consumer.accept(call, line.outcome());
    }
  }
}
