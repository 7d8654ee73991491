package io.alidade.benchmarks;

import io.alidade.core.TextInput;
import io.alidade.model.AttentionOverrides;
import io.alidade.model.LoadSettings;
import io.alidade.model.Models;
import io.alidade.model.TextEmbedder;
import io.alidade.model.WeightPlacement;
import io.alidade.model.backbone.Backbone;
import io.alidade.model.backbone.FolderBackbone;
import io.alidade.model.head.TextPooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/// Opens a model, embeds the lines of a file twice, and prints one JSON line with the times and
/// with the most memory of the process's own and of mapped files that was resident at any time.
///
/// Arguments: transformers folder or GGUF file, `auto`, `loaded` or `mapped`, text file.
public final class LoadingMemory {
  private static final int MAX_TOKENS = 512;

  private LoadingMemory() {}

  public static void main(String[] arguments) throws IOException {
    Path model = Path.of(arguments[0]);
    var placement = WeightPlacement.valueOf(arguments[1].toUpperCase(Locale.ROOT));
    List<TextInput> texts =
        Files.readAllLines(Path.of(arguments[2])).stream().map(TextInput::document).toList();
    var settings =
        new LoadSettings(placement, AttentionOverrides.NONE, OptionalInt.empty(), Optional.empty());
    try (ResidentMemory memory = ResidentMemory.watch()) {
      long start = System.nanoTime();
      try (TextEmbedder embedder =
          Models.load(
              open(model), TextPooling.LAST_TOKEN, MAX_TOKENS, settings, LoadingMemory::note)) {
        double loading = secondsSince(start);
        long tokens =
            embedder
                .tokenizer()
                .encodeAll(texts.stream().map(embedder.template()::render).toList(), MAX_TOKENS)
                .stream()
                .mapToLong(ids -> ids.length)
                .sum();
        double first = embed(embedder, texts);
        double cpuBefore = cpuSeconds();
        double second = embed(embedder, texts);
        double cpu = cpuSeconds() - cpuBefore;
        System.out.printf(
            Locale.ROOT,
            "{\"weights\": \"%s\", \"texts\": %d, \"tokens\": %d, \"loading_seconds\": %.2f,"
                + " \"first_seconds\": %.2f, \"second_seconds\": %.2f,"
                + " \"second_cpu_seconds\": %.2f, \"own_mb\": %d, \"mapped_mb\": %d}%n",
            embedder.transformer().mapped() ? "mapped" : "loaded",
            texts.size(),
            tokens,
            loading,
            first,
            second,
            cpu,
            memory.ownMegabytes(),
            memory.mappedMegabytes());
      }
    }
  }

  private static Backbone open(Path model) {
    return Files.isDirectory(model)
        ? FolderBackbone.openFolder(model.toString(), "folder " + model, model)
        : FolderBackbone.openGguf(model.toString(), "file " + model, model);
  }

  private static void note(String line) {
    System.err.println(line);
  }

  private static double embed(TextEmbedder embedder, List<TextInput> texts) {
    long start = System.nanoTime();
    embedder.embed(texts);
    return secondsSince(start);
  }

  /// Of all threads: what other work on the machine does not change much.
  private static double cpuSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3;
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
