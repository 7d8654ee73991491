package io.alidade.synth;

import io.alidade.core.Progress;
import io.alidade.core.UsageException;
import io.alidade.core.manifest.Manifest;
import io.alidade.core.manifest.RunFolder;
import io.alidade.synth.filter.Agreement;
import io.alidade.synth.filter.Examiner;
import io.alidade.synth.filter.SemanticDuplicates;
import io.alidade.synth.filter.Similarity;
import io.alidade.synth.ledger.BatchBook;
import io.alidade.synth.ledger.Desk;
import io.alidade.synth.ledger.Ledger;
import io.alidade.synth.ledger.StoppedException;
import io.alidade.synth.llm.ChatClients;
import io.alidade.synth.sampling.Sampler;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/// Generates a data set by a recipe: `train.jsonl`, `rejected.jsonl`, `ledger.jsonl` and
/// `manifest.json` in a folder.
///
/// Candidates are worked on together, at most a window ahead of the first unfinished one, and taken
/// in order. What a killed run has bought lies in the ledger, and running again goes through the
/// same candidates from the first, asking only for what is not there.
public final class Generator {
  public static final String DATA_FILE = "train.jsonl";
  public static final String REJECTED_FILE = "rejected.jsonl";

  /// Candidates begun for each call that may be under way, so that one slow call does not hold up
  /// the others.
  private static final int AHEAD = 4;

  private final GeneratePlan plan;
  private final Optional<Similarity> similarity;
  private final ChatClients llms;

  public Generator(GeneratePlan plan) {
    this(plan, Optional.empty(), ChatClients.servers());
  }

  /// @param similarity for the filters that compare meanings
  /// @param llms opens the LLMs of the recipe
  public Generator(
      GeneratePlan plan,
      @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<Similarity> similarity,
      ChatClients llms) {
    this.plan = plan;
    this.llms = llms;
    this.similarity = similarity.filter(_ -> plan.recipe().filters().embedderNeeded());
  }

  /// Refuses to go on if a key that the recipe names is not there.
  public void checkKeys() {
    plan.checkKeys();
  }

  /// Generates, or goes on where an earlier process with the same recipe ended.
  ///
  /// @param stop asked before each call and between candidates
  /// @throws io.alidade.synth.ledger.BudgetException if the cap is reached; the examples up to
  ///   there are in the data file
  /// @throws StoppedException if asked to stop, likewise
  public Summary run(Path out, Progress progress, BooleanSupplier stop) {
    if (plan.recipe().filters().embedderNeeded() && similarity.isEmpty()) {
      throw new UsageException(
          "filters.agreement and filters.semantic_duplicates compare meanings; name an embedding"
              + " model with --embedder");
    }
    Manifest manifest = plan.manifest(out, similarity.map(Similarity::identity), llms);
    try (RunFolder folder = RunFolder.open(out, manifest, plan.freeKeys());
        Ledger ledger = Ledger.open(out)) {
      if (folder.complete()) {
        return Summary.of(folder.manifest(), ledger.totals());
      }
      Summary summary = generate(out, ledger, progress, stop);
      var counts = new TreeMap<>(summary.counts());
      plan.documents().ifPresent(report -> counts.putAll(report.counts()));
      folder.finish(counts);
      return summary;
    }
  }

  private CandidateWork work(Desk desk) {
    Sampler sampler = plan.sampler();
    var tasks = new TaskLists(sampler, plan.recipe().llms(), desk);
    var examiner = new Examiner(plan.recipe().filters());
    return new CandidateWork(
        sampler, plan.recipe().llms(), desk, tasks, examiner, agreement(), judge(desk));
  }

  private Optional<Agreement> agreement() {
    return similarity.filter(_ -> plan.recipe().filters().agreement()).map(Agreement::new);
  }

  private Optional<SemanticDuplicates> meanings() {
    double threshold = plan.recipe().filters().semanticDuplicates();
    return similarity
        .filter(_ -> threshold > 0)
        .map(embedder -> new SemanticDuplicates(embedder, threshold));
  }

  private Optional<Judge> judge(Desk desk) {
    return plan.judgePrompt()
        .map(
            prompt ->
                new Judge(
                    plan.sampler(),
                    plan.recipe().llms(),
                    desk,
                    prompt,
                    plan.recipe().filters().judge()));
  }

  private Summary generate(Path out, Ledger ledger, Progress progress, BooleanSupplier stop) {
    GenerateRecipe recipe = plan.recipe();
    try (LlmClients clients = LlmClients.open(plan.access(), llms);
        OutputFile train = OutputFile.create(out.resolve(DATA_FILE));
        OutputFile rejected = OutputFile.create(out.resolve(REJECTED_FILE));
        BatchBook book = BatchBook.open(out, recipe.llms());
        var desk =
            new Desk(recipe.budget(), ledger, book, clients.byConfig(), clients::batches, stop)) {
      var assembly = new Assembly(recipe, meanings(), train, rejected, ledger, desk, progress);
      assemble(work(desk), assembly, desk);
      return assembly.finish();
    }
  }

  /// How many candidates may be worked on: enough for the calls that may be under way.
  private int ahead() {
    return Math.max(AHEAD * plan.recipe().budget().concurrency(), plan.batchedCalls());
  }

  private void assemble(CandidateWork work, Assembly assembly, Desk desk) {
    var window = new Window(work, ahead());
    try {
      while (assembly.missing() > 0) {
        desk.checkStop();
        window.fill(assembly.missing());
        if (window.first().isDone()) {
          CandidateWork.Judged judged = window.take();
          assembly.take(judged);
          work.forgetBefore(judged.candidate().index());
        } else {
          assembly.report();
          desk.attend(window.first());
        }
      }
    } catch (RuntimeException e) {
      desk.abandon();
      throw e;
    }
  }
}
