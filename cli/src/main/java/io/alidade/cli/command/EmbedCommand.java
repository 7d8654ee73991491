package io.alidade.cli.command;

import io.alidade.cli.ConsoleProgress;
import io.alidade.cli.Context;
import io.alidade.cli.ExitCode;
import io.alidade.cli.engine.LoadedModel;
import io.alidade.core.TextInput;
import io.alidade.core.UsageException;
import io.alidade.data.IdentifiedText;
import io.alidade.data.TextFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/// `alidade embed`.
@Command(
    name = "embed",
    description = "Turn texts into vectors: JSONL of {\"id\", \"text\"} or plain lines.",
    footer = {
      "",
      "Examples:",
      "  alidade embed --model my-model --input notes.txt --output notes.npy",
      "  echo \"a text\" | alidade embed --model my-model",
      "  alidade embed --model my-model --role query \\",
      "    --instruction \"Given a question, find its answer\" --input q.jsonl",
      "",
      "Texts are documents unless --role or --instruction says that they are queries;",
      "--prompt puts one of the model's prompts before them, and where its folder has",
      "a default prompt, that is put before texts without a role. An empty text has a",
      "vector too. With --output, Ctrl-C keeps what is done, and the same command",
      "goes on there."
    })
public final class EmbedCommand implements Callable<Integer> {
  /// The part the texts play.
  enum Role {
    QUERY,
    DOCUMENT,
    /// Queries if there is an instruction, else under the model's default prompt or documents.
    UNSAID
  }

  private static final Path STANDARD_INPUT = Path.of("-");

  private final Context context;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR|NAME",
      description = "Model folder, or a backbone's name.")
  private String model = "";

  @Option(
      names = "--role",
      paramLabel = "query|document",
      description = "The part the texts play (default: document).")
  private Role role = Role.UNSAID;

  @Mixin private Instruction instruction = new Instruction();

  @Mixin private Loading loading = new Loading();

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "Texts, UTF-8 (default: standard input).")
  private Path input = STANDARD_INPUT;

  @Option(
      names = "--output",
      paramLabel = "FILE.jsonl|.npy|.parquet",
      description = "Where the vectors go (default: JSONL on standard output).")
  private String output = "";

  @Option(names = "--json", description = "With --output, print a summary as JSON.")
  private boolean json;

  public EmbedCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (role == Role.DOCUMENT && instruction.instructionGiven()) {
      throw new UsageException(
          "instructions go on queries only; use --role query, or leave the instruction out");
    }
    VectorOutput target = VectorOutput.of(output, context);
    // What a file gets wrong is said before the model is loaded; standard input is waited for last.
    Optional<List<IdentifiedText>> ofFile =
        input.equals(STANDARD_INPUT) ? Optional.empty() : Optional.of(TextFile.read(input));
    try (var progress = new ConsoleProgress(context.terminal());
        LoadedModel opened = context.engines().models().open(model, loading.settings(), progress)) {
      instruction.requireFits(opened);
      List<IdentifiedText> texts = ofFile.orElseGet(this::standardInput);
      List<TextInput> inputs = texts.stream().map(text -> input(text, opened)).toList();
      target.embed(opened, texts, inputs, progress);
      if (json && !output.isEmpty()) {
        context.print(summary(texts.size(), opened));
      }
    }
    return ExitCode.DONE;
  }

  private List<IdentifiedText> standardInput() {
    return TextFile.read(context.terminal().in(), Path.of("standard input"));
  }

  private TextInput input(IdentifiedText text, LoadedModel opened) {
    if (role == Role.QUERY || instruction.instructionGiven() || instruction.promptGiven()) {
      return instruction.query(text.text(), opened);
    }
    return role == Role.DOCUMENT
        ? TextInput.document(text.text())
        : opened.prompts().plain(text.text());
  }

  private String summary(int texts, LoadedModel opened) {
    return JsonMapper.shared()
        .createObjectNode()
        .put("texts", texts)
        .put("dimensions", opened.embedder().dimensions())
        .put("model", opened.description().name())
        .put("model_sha256", opened.description().sha256())
        .put("output", output)
        .toString();
  }
}
