package io.alidade.synth;

import io.alidade.core.AlidadeException;
import io.alidade.core.Progress;
import io.alidade.core.UsageException;
import io.alidade.core.manifest.Manifest;
import io.alidade.core.manifest.RunFolder;
import io.alidade.synth.filter.Agreement;
import io.alidade.synth.filter.Examiner;
import io.alidade.synth.filter.SemanticDuplicates;
import io.alidade.synth.filter.Similarity;
import io.alidade.synth.ledger.Caller;
import io.alidade.synth.ledger.Ledger;
import io.alidade.synth.ledger.Pause;
import io.alidade.synth.ledger.StoppedException;
import io.alidade.synth.llm.ChatClients;
import io.alidade.synth.sampling.Sampler;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/// Generates a data set by a recipe: `train.jsonl`, `rejected.jsonl`, `ledger.jsonl` and
/// `manifest.json` in a folder.
///
/// Candidates are worked on by virtual threads, at most a window ahead of the first unfinished one,
/// and taken in order. No more are begun than examples are missing, so that no answer is bought in
/// vain. What a killed run has bought lies in the ledger, and running again goes through the same
/// candidates from the first, asking only for what is not there.
public final class Generator {
  public static final String DATA_FILE = "train.jsonl";
  public static final String REJECTED_FILE = "rejected.jsonl";

  /// Candidates begun for each call that may be under way, so that one slow call does not hold up
  /// the others.
  private static final int AHEAD = 4;

  private static final long POLL_MILLIS = 100;

  private final GeneratePlan plan;
  private final Optional<Similarity> similarity;
  private final ChatClients llms;
  private final Pause.Real pause = new Pause.Real();
  private final AtomicBoolean failed = new AtomicBoolean();

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
    try (RunFolder folder = RunFolder.open(out, manifest, GeneratePlan.FREE_KEYS);
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

  private CandidateWork work(Caller caller) {
    Sampler sampler = plan.sampler();
    var tasks = new TaskLists(sampler, plan.recipe().llms(), caller);
    var examiner = new Examiner(plan.recipe().filters());
    return new CandidateWork(
        sampler, plan.recipe().llms(), caller, tasks, examiner, agreement(), judge(caller));
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

  private Optional<Judge> judge(Caller caller) {
    return plan.judgePrompt()
        .map(
            prompt ->
                new Judge(
                    plan.sampler(),
                    plan.recipe().llms(),
                    caller,
                    prompt,
                    plan.recipe().filters().judge()));
  }

  private Summary generate(Path out, Ledger ledger, Progress progress, BooleanSupplier stop) {
    try (LlmClients clients = LlmClients.open(plan, llms);
        OutputFile train = OutputFile.create(out.resolve(DATA_FILE));
        OutputFile rejected = OutputFile.create(out.resolve(REJECTED_FILE))) {
      GenerateRecipe recipe = plan.recipe();
      var caller =
          new Caller(
              recipe.budget(),
              ledger,
              clients.byConfig(),
              pause,
              () -> failed.get() || stop.getAsBoolean());
      var assembly =
          new Assembly(
              recipe.examples(), recipe.filters(), meanings(), train, rejected, ledger, progress);
      assembly.report();
      assemble(work(caller), assembly, stop);
      return assembly.finish();
    }
  }

  private void assemble(CandidateWork work, Assembly assembly, BooleanSupplier stop) {
    int ahead = AHEAD * plan.recipe().budget().concurrency();
    var window = new ArrayDeque<Future<CandidateWork.Judged>>();
    long next = 0;
    try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        while (assembly.missing() > 0) {
          while (window.size() < Math.min(ahead, assembly.missing())) {
            long index = next++;
            window.add(workers.submit(() -> work.judge(index)));
          }
          CandidateWork.Judged judged = await(window.remove(), stop);
          assembly.take(judged);
          work.forgetBefore(judged.candidate().index());
        }
      } catch (RuntimeException e) {
        // Calls under way are waited for and recorded; none is begun any more.
        failed.set(true);
        pause.stop();
        throw e;
      }
    }
  }

  private CandidateWork.Judged await(Future<CandidateWork.Judged> work, BooleanSupplier stop) {
    try {
      while (true) {
        if (stop.getAsBoolean()) {
          pause.stop();
          throw new StoppedException();
        }
        try {
          return work.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
          // Asks again whether to stop.
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AlidadeException("interrupted while waiting for answers", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e);
    }
  }
}
