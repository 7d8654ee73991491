package io.alidade.synth;

import com.google.errorprone.annotations.MustBeClosed;
import io.alidade.synth.llm.ChatClient;
import io.alidade.synth.llm.ChatClients;
import io.alidade.synth.llm.LlmConfig;
import io.alidade.synth.llm.OpenAiBatchClient;
import java.util.LinkedHashMap;
import java.util.Map;

/// A client for each LLM of a recipe, while a run lasts.
final class LlmClients implements AutoCloseable {
  private final Map<LlmConfig, ChatClient> clients = new LinkedHashMap<>();

  private final Map<LlmConfig, OpenAiBatchClient> batchClients = new LinkedHashMap<>();
  private final LlmAccess access;

  private LlmClients(LlmAccess access) {
    this.access = access;
  }

  @MustBeClosed
  @SuppressWarnings("MustBeClosed") // what is returned owns the clients and closes them
  static LlmClients open(LlmAccess access, ChatClients source) {
    var opened = new LlmClients(access);
    try {
      for (LlmConfig llm : access.llms()) {
        opened.clients.computeIfAbsent(llm, one -> source.open(one, access.apiKey(one)));
      }
      return opened;
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  Map<LlmConfig, ChatClient> byConfig() {
    return Map.copyOf(clients);
  }

  /// The client for an LLM's batches.
  OpenAiBatchClient batches(LlmConfig llm) {
    return batchClients.computeIfAbsent(llm, one -> new OpenAiBatchClient(one, access.apiKey(one)));
  }

  @Override
  public void close() {
    clients.values().forEach(ChatClient::close);
    batchClients.values().forEach(OpenAiBatchClient::close);
  }
}
