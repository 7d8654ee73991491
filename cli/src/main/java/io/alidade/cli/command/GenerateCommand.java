package io.alidade.cli.command;

import io.alidade.cli.ConsoleProgress;
import io.alidade.cli.Context;
import io.alidade.cli.ExitCode;
import io.alidade.cli.engine.LoadedModel;
import io.alidade.cli.quickstart.ShippedFiles;
import io.alidade.core.recipe.Recipe;
import io.alidade.synth.Estimate;
import io.alidade.synth.GeneratePlan;
import io.alidade.synth.GenerateRecipe;
import io.alidade.synth.Generator;
import io.alidade.synth.Summary;
import io.alidade.synth.document.DocumentReport;
import io.alidade.synth.filter.Similarity;
import io.alidade.synth.llm.ChatClients;
import io.alidade.synth.llm.LlmConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `alidade generate`.
@Command(
    name = "generate",
    description = "Make training data with LLMs, within a budget.",
    footer = {
      "",
      "Examples:",
      "  alidade generate --out data",
      "  alidade generate --recipe recipes/generate.yaml --out data --dry-run",
      "  alidade generate --recipe recipes/generate.yaml --set budget.usd=5 --out data",
      "  alidade generate --recipe recipes/generate.yaml --documents manuals --out data",
      "",
      "Every answer is recorded in ledger.jsonl before it is used. After Ctrl-C, a",
      "crash or a used-up budget the same command goes on and pays for nothing",
      "twice; budget and batch may differ then, all else must be the same.",
      "With batch.requests, an LLM's calls go through its server's Batch API, at half",
      "the price and within a day; batches under way are found again as well."
    })
public final class GenerateCommand implements Callable<Integer> {
  private static final int SKIPPED_SHOWN = 10;

  private final Context context;

  @Option(
      names = "--recipe",
      paramLabel = "FILE",
      description = {
        "What to make, as YAML; paths in it are relative to it. Left out,",
        "recipes/generate-embedded.yaml: a small model in this process, with weak texts."
      })
  private @Nullable Path recipe;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Override a recipe's key: a dotted path, the value read as YAML. May repeat.")
  private List<String> overrides = new ArrayList<>();

  @Option(
      names = "--documents",
      paramLabel = "PATH",
      description = {
        "Your own documents: make examples about their passages. The same as the",
        "recipe's documents.path, but relative to where you are. A folder of .txt, .md,",
        ".html, .pdf, .jsonl and .parquet files, or one of them."
      })
  private @Nullable Path documents;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder of train.jsonl, rejected.jsonl, ledger, manifest and data card.")
  private Path out = Path.of("");

  @Option(
      names = "--embedder",
      paramLabel = "MODEL",
      description =
          "The embedding model for filters.agreement and filters.semantic_duplicates: a model's"
              + " folder or name.")
  private String embedder = "";

  @Option(
      names = "--dry-run",
      description = "Only say how many calls and tokens to expect, and what they cost.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print the result as JSON on standard output.")
  private boolean json;

  public GenerateCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Recipe<GenerateRecipe> resolved =
        Recipe.read(GenerateRecipe.class, recipeFile(), assignments());
    GeneratePlan plan = GeneratePlan.of(resolved, System.getenv());
    plan.documents().ifPresent(this::announce);
    Estimate estimate = Estimate.of(plan);
    if (dryRun) {
      context.print(json ? json(estimate) : estimate.toString());
      return ExitCode.DONE;
    }
    plan.checkKeys();
    announce(plan, estimate);
    Summary summary = generate(plan, resolved.folder());
    GeneratedCard.write(out, resolved.settings());
    context.print(json ? json(summary) : text(summary));
    return ExitCode.DONE;
  }

  private Summary generate(GeneratePlan plan, Path folder) {
    try (var progress = new ConsoleProgress(context.terminal())) {
      ChatClients llms = context.engines().llms().clients(folder, progress);
      if (embedder.isEmpty()) {
        return generate(new Generator(plan, Optional.empty(), llms), progress);
      }
      try (LoadedModel model = context.engines().models().open(embedder, progress)) {
        var similarity = new Similarity(model.embedder(), model.description().sha256());
        return generate(new Generator(plan, Optional.of(similarity), llms), progress);
      }
    }
  }

  private Summary generate(Generator generator, ConsoleProgress progress) {
    return generator.run(out, progress, () -> context.interruption().stopRequested());
  }

  private Path recipeFile() {
    return recipe == null ? ShippedFiles.ofProcess().embeddedGeneration() : recipe;
  }

  private List<String> assignments() {
    var assignments = new ArrayList<String>(overrides);
    if (documents != null) {
      // A quoted JSON text is YAML for the same text, whatever the path holds.
      assignments.add(
          "documents.path="
              + JsonMapper.shared().writeValueAsString(documents.toAbsolutePath().toString()));
    }
    return assignments;
  }

  /// What became of the documents, the first few that were skipped by name.
  private void announce(DocumentReport report) {
    report.skipped().stream().limit(SKIPPED_SHOWN).forEach(context::say);
    if (report.skipped().size() > SKIPPED_SHOWN) {
      context.say("%d more are skipped".formatted(report.skipped().size() - SKIPPED_SHOWN));
    }
    context.say(report.toString());
  }

  /// What it will take, where that is more than a little.
  private void announce(GeneratePlan plan, Estimate estimate) {
    boolean slow = estimate.time().compareTo(Duration.ofMinutes(1)) > 0 || estimate.rounds() > 0;
    if (estimate.costly() || slow) {
      context.say(estimate.toString());
    }
    if (estimate.costly() && !plan.recipe().budget().capped()) {
      context.say("no budget.usd is set, so nothing but the data set's size limits the cost");
    }
    plan.recipe().llms().stream()
        .filter(llm -> !llm.served())
        .map(GenerateCommand::inThisProcess)
        .distinct()
        .forEach(context::say);
  }

  private static String inThisProcess(LlmConfig llm) {
    return llm.model().equals(LlmConfig.EMBEDDED_MODEL)
        ? llm.model()
            + " writes in this process: free, but slow, in English only and weakly, enough to see"
            + " everything work. For data worth training on, name a server in the recipe, such as"
            + " llms: [{model: NAME, base_url: http://127.0.0.1:8000/v1}]"
        : llm.model() + " writes in this process, one text at a time";
  }

  private String text(Summary summary) {
    String rejected = summary.reasons();
    return """
    %d examples of %d candidates%s
    calls   %d, %d tokens in, %d out, %s
    data    %s\
    """
        .formatted(
            summary.examples(),
            summary.candidates(),
            rejected.isEmpty() ? "" : "; rejected: " + rejected,
            summary.calls().calls(),
            summary.calls().inputTokens(),
            summary.calls().outputTokens(),
            summary.calls().spent(),
            out.resolve(Generator.DATA_FILE));
  }

  private String json(Summary summary) {
    ObjectNode root =
        JsonMapper.shared()
            .createObjectNode()
            .put("examples", summary.examples())
            .put("candidates", summary.candidates())
            .put("calls", summary.calls().calls())
            .put("input_tokens", summary.calls().inputTokens())
            .put("output_tokens", summary.calls().outputTokens())
            .put("usd", summary.calls().spent().amount())
            .put("data", out.resolve(Generator.DATA_FILE).toString());
    put(root.putObject("verdicts"), summary.calls().verdicts());
    put(root.putObject("rejected"), summary.rejected());
    return root.toString();
  }

  private static void put(ObjectNode node, Map<String, Long> counts) {
    counts.forEach(node::put);
  }

  private static String json(Estimate estimate) {
    return JsonMapper.shared()
        .createObjectNode()
        .put("calls", estimate.calls())
        .put("input_tokens", estimate.inputTokens())
        .put("output_tokens", estimate.outputTokens())
        .put("usd", estimate.cost().amount())
        .put("usd_low", estimate.least().amount())
        .put("usd_high", estimate.most().amount())
        .put("batch_rounds", estimate.rounds())
        .toString();
  }
}
