package io.alidade.cli.command;

import io.alidade.cli.ConsoleProgress;
import io.alidade.cli.Context;
import io.alidade.cli.ExitCode;
import io.alidade.cli.engine.InstalledModels;
import io.alidade.core.Sha256;
import io.alidade.core.UsageException;
import io.alidade.model.export.ModelExport;
import io.alidade.model.folder.ModelDescription;
import io.alidade.model.folder.ModelFolder;
import io.alidade.model.weights.GgufType;
import io.alidade.onnx.export.EncoderExport;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `alidade export`.
@Command(
    name = "export",
    description = "Write a trained model in the form that another tool reads.",
    footer = {
      "",
      "Examples:",
      "  alidade export --model runs/first/model --format gguf --type q8_0 \\",
      "    --out first.gguf",
      "  alidade export --model runs/first/adapter --format sentence-transformers \\",
      "    --out first-merged",
      "",
      "gguf is one file for llama.cpp, with tokenizer and pooling; queries still need",
      "their instruction put before them. sentence-transformers is a folder with merged",
      "weights, peft a copy of an adapter's folder, onnx a folder with an encoder as",
      "onnx/model.onnx. An adapter is merged for the first two. What a form cannot hold",
      "is refused by name."
    })
public final class ExportCommand implements Callable<Integer> {
  private static final GgufType DEFAULT_TYPE = GgufType.F16;

  /// The forms, in the order in which people are told of them.
  enum Format {
    GGUF,
    SENTENCE_TRANSFORMERS,
    PEFT,
    ONNX;

    String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Format of(String label) {
      return Arrays.stream(values())
          .filter(format -> format.label().equals(label))
          .findFirst()
          .orElseThrow(
              () ->
                  new UsageException(
                      "--format \"%s\" is none of %s"
                          .formatted(
                              label,
                              Arrays.stream(values())
                                  .map(Format::label)
                                  .collect(Collectors.joining(", ")))));
    }
  }

  private final Context context;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Model folder, merged or an adapter.")
  private Path model = Path.of("");

  @Option(
      names = "--format",
      required = true,
      paramLabel = "FORMAT",
      description = "gguf, sentence-transformers, peft or onnx.")
  private String format = "";

  @Option(
      names = "--type",
      paramLabel = "f16|q8_0",
      description = "Of a GGUF file's matrices: 16 bits or 8 (default: f16).")
  private String type = "";

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE|DIR",
      description = "The GGUF file, or a new folder.")
  private Path out = Path.of("");

  @Option(names = "--json", description = "Print the result as JSON on standard output.")
  private boolean json;

  public ExportCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Format wanted = Format.of(format);
    Optional<GgufType> matrices = type(wanted);
    ModelExport.Result result = wanted == Format.ONNX ? onnx() : opened(wanted, matrices);
    result.warnings().forEach(context::say);
    context.print(json ? json(wanted, result) : "%-7s %s".formatted("model", result.output()));
    return ExitCode.DONE;
  }

  private ModelExport.Result onnx() {
    EncoderExport.write(model, out);
    return new ModelExport.Result(out, Sha256.ofFile(out.resolve(EncoderExport.MODEL)), List.of());
  }

  private ModelExport.Result opened(Format wanted, Optional<GgufType> matrices) {
    try (var progress = new ConsoleProgress(context.terminal());
        ModelDescription opened =
            ModelFolder.open(
                model,
                new InstalledModels(context::say).library(progress)::open,
                ModelFolder.BaseCheck.REQUIRE_SAME)) {
      opened.warnings().forEach(context::say);
      return switch (wanted) {
        case GGUF -> ModelExport.gguf(opened, matrices.orElse(DEFAULT_TYPE), out);
        case SENTENCE_TRANSFORMERS -> ModelExport.sentenceTransformers(opened, model, out);
        case PEFT -> ModelExport.peft(opened, model, out);
        case ONNX -> throw new IllegalStateException("an encoder is exported from its folder");
      };
    }
  }

  private Optional<GgufType> type(Format wanted) {
    if (type.isEmpty()) {
      return Optional.empty();
    }
    if (wanted != Format.GGUF) {
      throw new UsageException("--type is for --format gguf only; leave it out");
    }
    return Optional.of(
        switch (type.toLowerCase(Locale.ROOT)) {
          case "f16" -> GgufType.F16;
          case "q8_0" -> GgufType.Q8_0;
          default -> throw new UsageException("--type \"%s\" is none of f16, q8_0".formatted(type));
        });
  }

  private static String json(Format format, ModelExport.Result result) {
    ObjectNode json =
        JsonMapper.shared()
            .createObjectNode()
            .put("format", format.label())
            .put("output", result.output().toString())
            .put("sha256", result.sha256());
    result.warnings().forEach(json.withArray("warnings")::add);
    return json.toString();
  }
}
