package io.alidade.synth.llm;

import io.alidade.core.recipe.Required;
import java.net.URI;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// One LLM, behind an OpenAI-compatible server or without one.
///
/// @param model as the server calls it; without a server, a `.gguf` file or the default backbone
/// @param baseUrl up to and without `/chat/completions`; empty for a model without a server, which
///   [ChatClients] know how to run
/// @param apiKeyEnv the environment variable that holds the key; empty for servers that need none
/// @param weight its share of the calls
/// @param price `input` and `output` in USD for a million tokens; left out where it is not known
/// @param temperature 1.0 in the paper
/// @param topP 1.0 in the paper
/// @param maxTokens the longest answer
/// @param tokenLimit how the server calls that
/// @param output how it is told to answer in JSON
/// @param timeoutSeconds after which a call is given up
/// @param batch whether its calls go in batches
public record LlmConfig(
    @Required String model,
    String baseUrl,
    String apiKeyEnv,
    double weight,
    Map<String, Double> price,
    double temperature,
    double topP,
    int maxTokens,
    TokenLimit tokenLimit,
    OutputFormat output,
    double timeoutSeconds,
    BatchConfig batch) {
  /// The default backbone, which can write too.
  public static final String EMBEDDED_MODEL = "HuggingFaceTB/SmolLM2-135M-Instruct";

  private static final String INPUT = "input";
  private static final String OUTPUT = "output";

  public LlmConfig {
    price = Collections.unmodifiableMap(new TreeMap<>(price));
    check(!model.isBlank(), "model must not be empty");
    check(
        baseUrl.isEmpty() || isUrl(baseUrl),
        "baseUrl must be a URL such as http://127.0.0.1:8000/v1, is " + baseUrl);
    check(
        !baseUrl.isEmpty() || apiKeyEnv.isEmpty(),
        "baseUrl is missing; whose server is the key in %s for?".formatted(apiKeyEnv));
    check(weight >= 0, "weight must not be negative, is " + weight);
    check(
        price.isEmpty() || price.keySet().equals(Set.of(INPUT, OUTPUT)),
        "price needs input and output, in USD for a million tokens, and has " + price.keySet());
    check(
        price.values().stream().allMatch(each -> each >= 0),
        "price must not be negative, is " + price);
    check(temperature >= 0, "temperature must not be negative, is " + temperature);
    check(topP > 0 && topP <= 1, "topP must be above 0 and at most 1, is " + topP);
    check(maxTokens >= 1, "maxTokens must be at least 1, is " + maxTokens);
    check(
        !batch.used() || !baseUrl.isEmpty(),
        "batch is for servers, and there is no baseUrl; leave batch out");
    check(timeoutSeconds > 0, "timeoutSeconds must be above 0, is " + timeoutSeconds);
  }

  /// The paper's decoding.
  public static LlmConfig defaults() {
    return of(Map.of(), 1, 1, 4096);
  }

  /// The model of recipes that name none: it needs no server, key or money. Its texts are weak, and
  /// at the paper's temperature they would be noise.
  public static LlmConfig embedded() {
    return of(Map.of(INPUT, 0.0, OUTPUT, 0.0), 0.8, 0.95, 1024);
  }

  private static LlmConfig of(
      Map<String, Double> price, double temperature, double topP, int maxTokens) {
    return new LlmConfig(
        EMBEDDED_MODEL,
        "",
        "",
        1,
        price,
        temperature,
        topP,
        maxTokens,
        TokenLimit.MAX_TOKENS,
        OutputFormat.JSON_SCHEMA,
        300,
        BatchConfig.defaults());
  }

  /// Whether it is behind a server.
  public boolean served() {
    return !baseUrl.isEmpty();
  }

  /// Whether its price was given.
  public boolean priced() {
    return !price.isEmpty();
  }

  /// USD for a million tokens of prompts; 0 where it is not known.
  public double inputPrice() {
    return price.getOrDefault(INPUT, 0.0);
  }

  /// USD for a million tokens of answers; 0 where it is not known.
  public double outputPrice() {
    return price.getOrDefault(OUTPUT, 0.0);
  }

  /// For messages: the model and where it is.
  public String label() {
    return served() ? model + " at " + baseUrl : model;
  }

  private static boolean isUrl(String text) {
    try {
      URI uri = URI.create(text);
      return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
