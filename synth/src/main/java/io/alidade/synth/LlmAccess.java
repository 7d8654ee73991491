package io.alidade.synth;

import io.alidade.core.UsageException;
import io.alidade.synth.ledger.BudgetConfig;
import io.alidade.synth.llm.LlmConfig;
import java.util.List;
import java.util.Map;

/// The LLMs of a recipe with the environment that holds their keys.
record LlmAccess(List<LlmConfig> llms, Map<String, String> environment) {
  LlmAccess {
    llms = List.copyOf(llms);
    environment = Map.copyOf(environment);
  }

  /// The key that the environment holds for an LLM; empty where it has none.
  String apiKey(LlmConfig llm) {
    return llm.apiKeyEnv().isEmpty() ? "" : environment.getOrDefault(llm.apiKeyEnv(), "").strip();
  }

  /// Refuses to start if a key is not there.
  void checkKeys() {
    for (int i = 0; i < llms.size(); i++) {
      LlmConfig llm = llms.get(i);
      if (!llm.apiKeyEnv().isEmpty() && apiKey(llm).isEmpty()) {
        throw new UsageException(
            "llms.%d.api_key_env: the environment variable %s is not set; export the key of %s in it"
                .formatted(i, llm.apiKeyEnv(), llm.label()));
      }
    }
  }

  /// Refuses a budget that could not be kept.
  void checkPrices(BudgetConfig budget) {
    for (int i = 0; i < llms.size(); i++) {
      LlmConfig llm = llms.get(i);
      if (budget.capped() && !llm.priced() && llm.weight() > 0) {
        throw new UsageException(
            ("llms.%d.price is missing, so budget.usd could not be kept; give {input: , output: }"
                    + " in USD for a million tokens of %s, 0 for a server that costs nothing")
                .formatted(i, llm.model()));
      }
    }
  }
}
