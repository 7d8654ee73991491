package io.alidade.synth.ledger;

import io.alidade.core.AlidadeException;
import io.alidade.synth.llm.LlmConfig;

/// A server that will not or cannot answer, so that going on makes no sense.
public final class LlmException extends AlidadeException {
  private static final long serialVersionUID = 1L;

  LlmException(String message) {
    super(message);
  }

  /// A server that refused with that status.
  static LlmException denied(LlmConfig llm, int status, String message) {
    String way =
        switch (status) {
          case 401, 403 ->
              llm.apiKeyEnv().isEmpty()
                  ? "name the variable that holds the key in llms.N.api_key_env"
                  : "check the key in the environment variable " + llm.apiKeyEnv();
          case 404 -> "check model and base_url in the recipe";
          case 429 -> "the account is out of credit; top it up and run the same command again";
          default -> "check model, output, token_limit and max_tokens of this LLM in the recipe";
        };
    return new LlmException(
        "%s refuses requests with status %d (%s); %s".formatted(llm.label(), status, message, way));
  }
}
