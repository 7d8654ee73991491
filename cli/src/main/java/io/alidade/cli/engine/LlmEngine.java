package io.alidade.cli.engine;

import io.alidade.core.Progress;
import io.alidade.synth.llm.ChatClients;
import java.nio.file.Path;

/// Reaches the LLMs that recipes name.
@FunctionalInterface
public interface LlmEngine {

  /// Opens the LLMs of one recipe.
  ///
  /// @param folder the recipe's, where relative paths in it start
  /// @param progress hears of a download
  ChatClients clients(Path folder, Progress progress);
}
