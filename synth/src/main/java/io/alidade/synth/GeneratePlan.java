package io.alidade.synth;

import io.alidade.core.UsageException;
import io.alidade.core.manifest.Input;
import io.alidade.core.manifest.Manifest;
import io.alidade.core.recipe.Recipe;
import io.alidade.synth.document.DocumentConfig;
import io.alidade.synth.document.DocumentReport;
import io.alidade.synth.document.Passages;
import io.alidade.synth.llm.ChatClients;
import io.alidade.synth.llm.LlmConfig;
import io.alidade.synth.prompt.Prompt;
import io.alidade.synth.prompt.PromptSet;
import io.alidade.synth.sampling.Language;
import io.alidade.synth.sampling.Languages;
import io.alidade.synth.sampling.Sampler;
import io.alidade.synth.sampling.Sources;
import io.alidade.synth.sampling.TaskFile;
import io.alidade.synth.sampling.Variety;
import io.alidade.synth.sampling.VarietyConfig;
import io.alidade.synth.sampling.WrittenTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/// A recipe that is known to make sense, with its prompts and keys, before anything is sent.
public final class GeneratePlan {
  private static final String STAGE = "generate";

  private final Recipe<GenerateRecipe> source;
  private final LlmAccess access;
  private final PromptSet prompts;
  private final Optional<DocumentReport> documents;
  private final Sampler sampler;

  private GeneratePlan(
      Recipe<GenerateRecipe> source,
      LlmAccess access,
      PromptSet prompts,
      @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<DocumentReport> documents,
      Sampler sampler) {
    this.source = source;
    this.access = access;
    this.prompts = prompts;
    this.documents = documents;
    this.sampler = sampler;
  }

  /// Checks everything that can be checked without asking a server.
  ///
  /// @param environment where the keys are
  /// @throws UsageException for a prompt, language, weight, price or key that is missing or wrong
  public static GeneratePlan of(Recipe<GenerateRecipe> source, Map<String, String> environment) {
    GenerateRecipe recipe = source.settings();
    PromptSet prompts =
        ownPrompts(recipe) ? PromptSet.with(source.resolve(recipe.prompts())) : PromptSet.builtIn();
    Optional<Passages> passages = passages(source);
    var sampler =
        new Sampler(
            recipe.seed(),
            new Sources(
                prompts, tasks(source), passages, Variety.of(recipe.variety(), source::resolve)),
            recipe.kinds(),
            recipe.languages(),
            recipe.llms().stream().map(LlmConfig::weight).toList());
    passages.ifPresent(some -> checkCapacity(some, sampler, recipe));
    var access = new LlmAccess(recipe.llms(), environment);
    access.checkPrices(recipe.budget());
    return new GeneratePlan(source, access, prompts, passages.map(Passages::report), sampler);
  }

  public GenerateRecipe recipe() {
    return source.settings();
  }

  /// What became of the user's documents, if the recipe names any.
  public Optional<DocumentReport> documents() {
    return documents;
  }

  /// What may change for a run that goes on.
  Set<String> freeKeys() {
    var free = new TreeSet<>(Set.of("budget", "documents.queries_per_passage"));
    for (int i = 0; i < recipe().llms().size(); i++) {
      free.add("llms.%d.batch".formatted(i));
    }
    return free;
  }

  /// How many calls may be under way in batches; 0 if none go so.
  int batchedCalls() {
    return recipe().llms().stream()
        .map(LlmConfig::batch)
        .mapToInt(batch -> batch.requests() * batch.atOnce())
        .max()
        .orElse(0);
  }

  Sampler sampler() {
    return sampler;
  }

  /// Refuses to start if a key is not there.
  public void checkKeys() {
    access.checkKeys();
  }

  /// The prompt that scores examples, if they are to be judged.
  Optional<Prompt> judgePrompt() {
    return recipe().filters().judge() > 0 ? Optional.of(prompts.judge()) : Optional.empty();
  }

  /// The LLMs with their keys.
  LlmAccess access() {
    return access;
  }

  /// The manifest of the work to do.
  ///
  /// @param embedder the identity of the one that filters use
  /// @param llms who know the weights of some of the recipe's models
  Manifest manifest(
      Path out,
      @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<String> embedder,
      ChatClients llms) {
    ObjectNode tree = source.tree();
    ObjectNode versions = tree.putObject("prompt_versions");
    prompts.fingerprint(sampler.promptNames()).forEach(versions::put);
    if (recipe().variety().used()) {
      versions.put("variety", Variety.fingerprint());
    }
    judgePrompt().ifPresent(prompt -> versions.put(prompt.label(), prompt.sha256()));
    embedder.ifPresent(identity -> tree.put("embedder", identity));
    for (LlmConfig llm : recipe().llms()) {
      llms.weights(llm).ifPresent(hash -> tree.withObject("/llm_weights").put(llm.model(), hash));
    }
    return Manifest.start(STAGE, tree, recipe().seed(), inputs(out), Map.of());
  }

  private List<Input> inputs(Path out) {
    var inputs = new ArrayList<Input>();
    if (ownPrompts(recipe())) {
      inputs.add(Input.of("prompts", source.resolve(recipe().prompts()), out));
    }
    recipe()
        .tasks()
        .forEach((name, file) -> inputs.add(Input.of("tasks." + name, source.resolve(file), out)));
    VarietyConfig variety = recipe().variety();
    if (variety.ownPersonas()) {
      Path personas = Path.of(variety.personas());
      inputs.add(Input.of("variety.personas", source.resolve(personas), out));
    }
    if (variety.examplesGiven()) {
      inputs.add(Input.of("variety.examples", source.resolve(variety.examples()), out));
    }
    if (recipe().documents().given()) {
      inputs.add(Input.of("documents", source.resolve(recipe().documents().path()), out));
    }
    return inputs;
  }

  private static Optional<Passages> passages(Recipe<GenerateRecipe> source) {
    DocumentConfig documents = source.settings().documents();
    checkLanguage(documents.language());
    return documents.given()
        ? Optional.of(
            Passages.read(
                documents,
                source.resolve(documents.path()),
                source.settings().seed(),
                !source.settings().filters().personalData()))
        : Optional.empty();
  }

  private static void checkLanguage(String code) {
    if (!code.isEmpty()) {
      Language _ = Languages.of(code, "documents.language");
    }
  }

  /// Refuses more examples than there can be before any is paid for.
  private static void checkCapacity(Passages passages, Sampler sampler, GenerateRecipe recipe) {
    long asked = sampler.passagesAskedAbout(recipe.examples());
    if (asked == 0) {
      throw new UsageException(
          "documents.path is given, but no prompt in kinds asks about passages; add %s to kinds"
              .formatted(PromptSet.GROUNDED));
    }
    if (asked > passages.capacity()) {
      throw new UsageException(
          ("examples: %,d of them would be about passages, and %,d passages make at most %,d; ask"
                  + " for fewer, raise documents.queries_per_passage or add documents")
              .formatted(asked, passages.report().passages(), passages.capacity()));
    }
  }

  private static Map<String, List<WrittenTask>> tasks(Recipe<GenerateRecipe> source) {
    var tasks = new TreeMap<String, List<WrittenTask>>();
    source
        .settings()
        .tasks()
        .forEach((name, file) -> tasks.put(name, TaskFile.read(source.resolve(file))));
    return tasks;
  }

  private static boolean ownPrompts(GenerateRecipe recipe) {
    return !recipe.prompts().toString().isEmpty();
  }
}
