package io.alidade.cli.engine;

import io.alidade.core.Sha256;
import io.alidade.core.UsageException;
import io.alidade.model.backbone.BackboneLibrary;
import io.alidade.synth.llama.LlamaChatClient;
import io.alidade.synth.llm.ChatClient;
import io.alidade.synth.llm.ChatClients;
import io.alidade.synth.llm.LlmConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// OpenAI-compatible servers, and without one the default backbone or a user's own GGUF file in
/// this process.
public final class InstalledLlms implements ChatClients {
  private static final String GGUF = ".gguf";

  private final BackboneLibrary library;
  private final Path folder;
  private final Map<String, Path> files = new ConcurrentHashMap<>();

  /// @param folder where relative paths start
  public InstalledLlms(BackboneLibrary library, Path folder) {
    this.library = library;
    this.folder = folder;
  }

  @Override
  public ChatClient open(LlmConfig llm, String apiKey) {
    return llm.served()
        ? ChatClients.servers().open(llm, apiKey)
        : LlamaChatClient.open(file(llm), llm);
  }

  @Override
  public Optional<String> weights(LlmConfig llm) {
    return llm.served() ? Optional.empty() : Optional.of(Sha256.ofFile(file(llm)));
  }

  private Path file(LlmConfig llm) {
    return files.computeIfAbsent(llm.model(), this::locate);
  }

  private Path locate(String model) {
    if (model.endsWith(GGUF)) {
      return library.locateGguf(folder.resolve(model).toString()).path();
    }
    if (!model.equals(BackboneLibrary.DEFAULT_BACKBONE)) {
      throw new UsageException(
          "llms: %s has no base_url; give the URL of its server, or name a .gguf file or %s to run here"
              .formatted(model, BackboneLibrary.DEFAULT_BACKBONE));
    }
    return library.locateGguf(model).path();
  }
}
