package io.alidade.cli.command;

import io.alidade.cli.Context;
import io.alidade.core.Progress;
import io.alidade.core.UsageException;
import io.alidade.core.recipe.Recipe;
import io.alidade.eval.api.Endpoint;
import io.alidade.mine.Limits;
import io.alidade.synth.JudgePlan;
import io.alidade.synth.JudgeRecipe;
import io.alidade.synth.llm.ChatClients;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import picocli.CommandLine.Option;

/// The options that say who looks at negatives again before they are taken.
final class CheckOptions {
  @Option(
      names = "--rerank",
      paramLabel = "URL",
      description =
          "Have a reranking server score what would be taken, and leave out what it scores too"
              + " close to the positive.")
  private String rerank = "";

  @Option(
      names = "--rerank-api",
      paramLabel = "tei|v1|auto",
      description =
          "Its protocol: TEI's /rerank, or /v1/rerank of Jina, Cohere, vLLM and llama.cpp (default:"
              + " ${DEFAULT-VALUE}, asking it).")
  private String api = RerankMiningCheck.AUTO;

  @Option(
      names = "--rerank-api-model",
      paramLabel = "NAME",
      description = "The reranker's name at the server, where it wants one.")
  private String model = "";

  @Option(
      names = "--rerank-api-key-env",
      paramLabel = "VARIABLE",
      description = "Environment variable that holds that server's key.")
  private String keyVariable = "";

  @Option(
      names = "--rerank-max-share",
      paramLabel = "SHARE",
      description =
          "Leave out what it scores more than this share of the positive's score; 0 for no such"
              + " limit (default: ${DEFAULT-VALUE}).")
  private double maxShare = 0.95;

  @Option(
      names = "--rerank-margin",
      paramLabel = "SCORE",
      description =
          "Leave out what it scores not so much below the positive; for servers such as llama.cpp"
              + " whose scores may be negative, with --rerank-max-share 0.")
  private Optional<Double> margin = Optional.empty();

  @Option(
      names = "--rerank-max-score",
      paramLabel = "SCORE",
      description = "Leave out what it scores more.")
  private Optional<Double> maxScore = Optional.empty();

  @Option(
      names = "--judge",
      paramLabel = "FILE",
      description =
          "Have an LLM judge whether what would be taken answers the query, and leave it out if so."
              + " YAML with llms and budget as for alidade generate; calls are recorded in"
              + " ledger.jsonl, and paid for once.")
  private Optional<Path> judge = Optional.empty();

  /// The check that is asked for.
  ///
  /// @param seed of an LLM's calls
  /// @throws UsageException for values that make no sense
  MiningCheck plan(Context context, Path out, long seed, Progress progress) {
    if (!rerank.isEmpty() && judge.isPresent()) {
      throw new UsageException("--rerank and --judge exclude each other; give one");
    }
    if (!rerank.isEmpty()) {
      var key = new KeyVariable("--rerank-api-key-env", keyVariable);
      URI _ = Endpoint.address(rerank);
      Optional<String> _ = key.key(System.getenv());
      return new RerankMiningCheck(
          context, rerank, RerankMiningCheck.api(api), model, key, limits(), out);
    }
    return judge.map(file -> judge(file, context, out, seed, progress)).orElse(MiningCheck.NONE);
  }

  private static MiningCheck judge(
      Path file, Context context, Path out, long seed, Progress progress) {
    Map<String, String> environment = System.getenv();
    JudgePlan plan = JudgePlan.of(Recipe.read(JudgeRecipe.class, file, List.of()), environment);
    ChatClients llms = context.engines().llms().clients(plan.folder(), progress);
    return new JudgeMiningCheck(context, plan, llms, out, seed);
  }

  private Limits limits() {
    try {
      return new Limits(
          1,
          Integer.MAX_VALUE,
          maxShare == 0 ? OptionalDouble.empty() : OptionalDouble.of(maxShare),
          number(margin),
          number(maxScore),
          OptionalDouble.empty());
    } catch (IllegalArgumentException e) {
      throw new UsageException("--rerank: " + e.getMessage());
    }
  }

  private static OptionalDouble number(Optional<Double> value) {
    return value.map(OptionalDouble::of).orElseGet(OptionalDouble::empty);
  }
}
