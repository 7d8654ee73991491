package io.alidade.benchmarks;

import io.alidade.core.TextInput;
import io.alidade.data.JsonLines;
import io.alidade.model.TextEmbedder;
import io.alidade.model.head.Pooling;
import io.alidade.tensor.LibTorch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Embeds the texts of a JSONL file's columns, as `benchmarks/python/embedding_speed.py` does it:
/// prints one JSON line with real tokens a second and peak memory.
///
/// Arguments: GGUF, JSONL, columns joined by commas (`title+text` joins two), instruction or empty,
/// max tokens, limit.
public final class EmbeddingSpeed {
  private EmbeddingSpeed() {}

  public static void main(String[] arguments) {
    String instruction = arguments[3];
    int maxTokens = Integer.parseInt(arguments[4]);
    int limit = Integer.parseInt(arguments[5]);
    List<TextInput> inputs = new ArrayList<>();
    JsonLines.forEach(
        Path.of(arguments[1]),
        line -> {
          for (String column : arguments[2].split(",", -1)) {
            var parts = new ArrayList<String>();
            for (String name : column.split("\\+", -1)) {
              parts.add(line.textOr(name, ""));
            }
            String text = String.join(" ", parts);
            inputs.add(
                instruction.isEmpty()
                    ? TextInput.document(text)
                    : TextInput.query(instruction, text));
          }
        });
    List<TextInput> texts = inputs.subList(0, Math.min(limit, inputs.size()));
    try (TextEmbedder model =
        Backbones.open(Path.of(arguments[0]), Pooling.LAST_TOKEN, maxTokens)) {
      model.embed(texts.subList(0, Math.min(64, texts.size())));
      long start = System.nanoTime();
      model.embed(texts);
      double seconds = (System.nanoTime() - start) / 1e9;
      long real =
          model
              .tokenizer()
              .encodeAll(texts.stream().map(model.template()::render).toList(), maxTokens)
              .stream()
              .mapToLong(ids -> ids.length)
              .sum();
      System.out.printf(
          "{\"tool\": \"alidade\", \"texts\": %d, \"real_tokens\": %d,"
              + " \"real_tokens_per_second\": %.1f, \"seconds\": %.2f, \"peak_rss_mb\": %d,"
              + " \"blas\": \"%s\"}%n",
          texts.size(),
          real,
          real / seconds,
          seconds,
          PeakMemory.megabytes(),
          LibTorch.setup().blas());
    }
  }
}
