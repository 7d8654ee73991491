package io.alidade.cli;

import com.google.errorprone.annotations.MustBeClosed;
import io.alidade.cli.engine.Engines;
import io.alidade.cli.engine.LlmEngine;
import io.alidade.cli.engine.LoadedModel;
import io.alidade.cli.engine.ModelLoader;
import io.alidade.cli.engine.QuickstartEngine;
import io.alidade.cli.engine.TrainingEngine;
import io.alidade.core.AlidadeException;
import io.alidade.core.Progress;
import io.alidade.core.PromptTemplate;
import io.alidade.core.Prompts;
import io.alidade.core.Sha256;
import io.alidade.core.TextInput;
import io.alidade.eval.MeasuredModel;
import io.alidade.model.LoadSettings;
import io.alidade.model.folder.GoldenCase;
import io.alidade.synth.llm.ChatClients;
import io.alidade.train.Trainer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// Runs command lines on fake engines and keeps what they print. A model is any folder; its hash is
/// that of its `weights` file.
final class CommandRunner {
  /// How a command line ended.
  record Result(int code, String out, String err) {}

  private static final Prompts PROMPTS =
      new Prompts(
          PromptTemplate.E5,
          "Given a question, find its answer",
          Map.of("similar", "Same: "),
          Optional.empty());

  final Interruption interruption = new Interruption();
  final FakeEmbedder embedder;
  final List<LoadSettings> loaded = new ArrayList<>();
  String standardInput = "";
  TrainingEngine training =
      (recipe, out, _, _) ->
          new TrainingEngine.Outcome(
              new Trainer.Summary(recipe.settings().steps(), 0, 0.5), out.resolve("model"));
  ModelLoader models = this::fake;
  QuickstartEngine quickstart =
      (_, _, _, _) -> {
        throw new AlidadeException("no quickstart in this test");
      };

  LlmEngine llms = (_, _) -> ChatClients.servers();

  CommandRunner() {
    this(() -> {});
  }

  CommandRunner(Runnable afterBatch) {
    embedder = new FakeEmbedder(afterBatch);
  }

  /// A runner whose process is asked to end while the embedder is at its n-th batch.
  static CommandRunner stoppedAtBatch(int batch) {
    var batches = new AtomicInteger();
    CommandRunner[] holder = new CommandRunner[1];
    holder[0] =
        new CommandRunner(
            () -> {
              if (batches.incrementAndGet() == batch) {
                holder[0].stop();
              }
            });
    return holder[0];
  }

  /// Asks the process to end, as Ctrl-C does.
  void stop() {
    new Thread(interruption::stop).start();
    while (!interruption.stopRequested()) {
      Thread.onSpinWait();
    }
    interruption.commandEnded();
  }

  Result run(Object... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var terminal =
        new Terminal(
            new ByteArrayInputStream(standardInput.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false);
    var words = new ArrayList<String>();
    for (Object argument : arguments) {
      words.add(argument.toString());
    }
    var context =
        new Context(terminal, new Engines(models, training, quickstart, llms), interruption);
    int code = Main.run(context, words.toArray(String[]::new));
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @MustBeClosed
  private LoadedModel fake(String name, LoadSettings settings, Progress progress) {
    loaded.add(settings);
    Path folder = Path.of(name);
    if (!Files.isDirectory(folder)) {
      throw new AlidadeException(name + ": there is no such model");
    }
    String hash = Sha256.ofFile(folder.resolve("weights"));
    return new LoadedModel(
        embedder,
        new MeasuredModel("test/letters", hash, 512, FakeEmbedder.DIMENSIONS, 0),
        folder,
        PROMPTS,
        List.of(GoldenCase.of(TextInput.document("golden"), "golden", golden(name))),
        List.of());
  }

  /// A folder named `bad` has a golden vector of another text.
  private static float[] golden(String folder) {
    return FakeEmbedder.vector(folder.endsWith("bad") ? "brass" : "golden");
  }
}
