package io.alidade.cli.command;

import io.alidade.core.AtomicFiles;
import io.alidade.core.DataException;
import io.alidade.core.UsageException;
import io.alidade.core.WriteFailure;
import io.alidade.data.IdentifiedText;
import io.alidade.data.NpyFile;
import io.alidade.data.TextFile;
import io.alidade.eval.MeasuredModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A search index on disk: `documents.jsonl` and, row by row, `vectors.npy`; `index.json` names the
/// model, and is written last.
record IndexFiles(Path folder) {
  private static final int FORMAT = 1;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// What an index holds; the n-th vector is the n-th document's.
  record Content(List<IdentifiedText> documents, List<float[]> vectors) {
    Map<String, float[]> byText() {
      var byText = new HashMap<String, float[]>();
      for (int i = 0; i < vectors.size(); i++) {
        byText.put(documents.get(i).text(), vectors.get(i));
      }
      return byText;
    }
  }

  Path vectors() {
    return folder.resolve("vectors.npy");
  }

  private Path documents() {
    return folder.resolve("documents.jsonl");
  }

  private Path description() {
    return folder.resolve("index.json");
  }

  /// The index, if there is one.
  ///
  /// @throws UsageException if it is another model's
  Optional<Content> read(MeasuredModel model) {
    if (!Files.exists(description())) {
      return Optional.empty();
    }
    try {
      JsonNode index = JSON.readTree(description());
      if (!index.path("model_sha256").asString("").equals(model.sha256())
          || index.path("max_tokens").asInt(0) != model.maxTokens()) {
        throw new UsageException(
            "%s is an index of model %s (sha256 %.12s), not of %s (sha256 %.12s): other weights, tokenizer, template, longest text or pooling; choose another --index, or delete the folder"
                .formatted(
                    folder,
                    index.path("model").asString("unknown"),
                    index.path("model_sha256").asString("unknown"),
                    model.name(),
                    model.sha256()));
      }
    } catch (JacksonException e) {
      throw new DataException(description(), "is no index; delete the folder to start afresh", e);
    }
    var content = new Content(TextFile.read(documents()), List.of(NpyFile.read(vectors())));
    if (content.documents().size() != content.vectors().size()) {
      throw new DataException(
          folder,
          "holds %d documents but %d vectors; delete it to start afresh"
              .formatted(content.documents().size(), content.vectors().size()));
    }
    return Optional.of(content);
  }

  void write(MeasuredModel model, List<IdentifiedText> documents, List<float[]> vectors) {
    try {
      Files.deleteIfExists(description());
    } catch (IOException e) {
      throw WriteFailure.of(description(), e);
    }
    AtomicFiles.write(
        documents(),
        out -> {
          for (IdentifiedText document : documents) {
            String line =
                JSON.createObjectNode()
                    .put("id", document.id())
                    .put("text", document.text())
                    .toString();
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
          }
        });
    NpyFile.write(
        vectors(),
        vectors.size(),
        model.dimensions(),
        consumer -> {
          for (float[] vector : vectors) {
            consumer.accept(vector);
          }
        });
    String index =
        JSON.createObjectNode()
            .put("format", FORMAT)
            .put("model", model.name())
            .put("model_sha256", model.sha256())
            .put("max_tokens", model.maxTokens())
            .put("documents", documents.size())
            .toString();
    AtomicFiles.writeText(description(), index + "\n");
  }

  UsageException missing() {
    return new UsageException(folder + " holds no index yet; give --corpus to make it");
  }
}
