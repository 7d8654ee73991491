package io.alidade.cli.command;

import io.alidade.cli.ConsoleProgress;
import io.alidade.cli.Context;
import io.alidade.cli.ExitCode;
import io.alidade.cli.engine.EvaluationStage;
import io.alidade.cli.engine.LoadedModel;
import io.alidade.core.Annotation;
import io.alidade.core.Example;
import io.alidade.core.Progress;
import io.alidade.core.TextInput;
import io.alidade.core.UsageException;
import io.alidade.core.manifest.Input;
import io.alidade.core.manifest.Manifest;
import io.alidade.core.manifest.RunFolder;
import io.alidade.data.Corpus;
import io.alidade.data.IdentifiedText;
import io.alidade.data.TrainingDefaults;
import io.alidade.eval.api.ServerEmbedder;
import io.alidade.mine.Group;
import io.alidade.mine.Groups;
import io.alidade.mine.MinedFiles;
import io.alidade.mine.Mining;
import io.alidade.mine.MiningPolicy;
import io.alidade.mine.MiningSummary;
import io.alidade.mine.Teacher;
import io.alidade.mine.VectorTeacher;
import io.alidade.mine.Within;
import io.alidade.mine.WordTeacher;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `alidade mine`.
@Command(
    name = "mine",
    description =
        "Give training examples hard negatives: texts that a model finds near to the query without"
            + " being its answer.",
    footer = {
      "",
      "Examples:",
      "  alidade mine --model e5-small-v2 --data pairs.jsonl --out mined",
      "  alidade mine --model my-model --data pairs.jsonl --corpus docs.jsonl \\",
      "    --negatives 4 --ranks 10-100 --out mined",
      "  alidade mine --model bm25 --data pairs.jsonl --max-share 0 --out mined",
      "  alidade mine --server http://localhost:8080 --query-template 'query: {text}' \\",
      "    --document-prefix 'passage: ' --data pairs.jsonl --out mined",
      "  alidade mine --server https://host/v1 --api-model NAME --api-key-env HOST_KEY \\",
      "    --data pairs.jsonl --out mined",
      "  alidade mine --model e5-small-v2 --data pairs.jsonl \\",
      "    --rerank http://localhost:8081 --rerank-max-share 0.9 --out mined",
      "  alidade mine --model e5-small-v2 --data pairs.jsonl --judge judge.yaml --out mined",
      "",
      "judge.yaml, for an LLM that scores texts from 1 to 5 as answers:",
      "  llms: [{model: NAME, base_url: http://localhost:8000/v1, temperature: 0}]",
      "  budget: {concurrency: 16}",
      "  answer_from: 3",
      "",
      "OUT gets train.jsonl, to train on, and audit.jsonl, which says of every text",
      "that was looked at its rank, its score, the positive's score and the verdict.",
      "Without --corpus, the texts are the positives and negatives of the data.",
      "Ctrl-C stops it; the same command goes on."
    })
public final class MineCommand implements Callable<Integer> {
  private static final String STAGE = "mine";

  private final Context context;

  @Mixin private TeacherOptions teachers = new TeacherOptions();

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "Examples, JSONL or .parquet, in any layout that is read.")
  private Path data = Path.of("");

  @Mixin private ExampleOptions examples = new ExampleOptions();

  @Option(
      names = "--corpus",
      paramLabel = "FILE|FOLDER",
      description = "Documents to take negatives from, in place of the data's own texts.")
  private Optional<Path> corpus = Optional.empty();

  @Option(
      names = "--within",
      paramLabel = "all|kind|instruction",
      description = "Without --corpus: take texts of which examples (default: of the same kind).")
  private Within within = Within.KIND;

  @Mixin private PolicyOptions policies = new PolicyOptions();

  @Mixin private CheckOptions checks = new CheckOptions();

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder to write.")
  private Path out = Path.of("");

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  public MineCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    MiningPolicy policy = policies.policy();
    teachers.check(System.getenv());
    MiningSummary summary;
    try (var progress = new ConsoleProgress(context.terminal())) {
      MiningCheck check = checks.plan(context, out, policy.seed(), progress);
      List<Example> read = new ArrayList<>();
      examples.reader().forEach(data, read::add);
      requirePairs(read);
      summary = mine(new Mining(read, groups(read), policy), check, progress);
    }
    var output = MineOutput.of(summary, out);
    output.advice().ifPresent(context::say);
    context.print(json ? output.json() : output.text());
    return ExitCode.DONE;
  }

  private void requirePairs(List<Example> read) {
    if (read.isEmpty()) {
      throw new UsageException("%s holds no examples".formatted(data));
    }
    for (Example example : read) {
      Annotation said = example.annotation();
      if (example.negatives().isEmpty() && (said.score().isPresent() || said.label().isPresent())) {
        throw new UsageException(
            "%s holds graded pairs, such as example %s; negatives are for texts that belong together"
                .formatted(data, example.id()));
      }
    }
  }

  private List<Group> groups(List<Example> read) {
    return corpus
        .map(path -> Groups.of(read, Corpus.read(path).stream().map(IdentifiedText::text).toList()))
        .orElseGet(() -> Groups.of(read, within));
  }

  /// The one language of all examples, whose endings BM25 then knows.
  private static String language(List<Example> read) {
    List<String> languages = read.stream().map(Example::language).distinct().toList();
    return languages.size() == 1 ? languages.getFirst() : TrainingDefaults.LANGUAGE;
  }

  private MiningSummary mine(Mining mining, MiningCheck check, Progress progress) {
    if (teachers.served()) {
      return mine(mining, teachers.server(), List.of(), check, byServer(mining), progress);
    }
    if (teachers.model().equals(TeacherOptions.BM25)) {
      var words = new WordTeacher(language(mining.examples()));
      return mine(mining, TeacherOptions.BM25, List.of(), check, _ -> words, progress);
    }
    try (LoadedModel opened =
        context.engines().models().open(teachers.model(), teachers.loading(), progress)) {
      String identity = opened.description().toString();
      return mine(
          mining,
          opened.description().name(),
          List.of(EvaluationStage.input(opened, out)),
          check,
          vectors -> teacher(vectors.of(opened.embedder(), identity, mining.texts())),
          progress);
    }
  }

  /// The server is asked for vectors only; ranking is done here.
  private Function<SpooledVectors, Teacher> byServer(Mining mining) {
    return vectors -> {
      try (ServerEmbedder server = teachers.openServer(System.getenv())) {
        return teacher(vectors.of(server, server.identity(), mining.texts()));
      }
    };
  }

  private static Teacher teacher(Function<TextInput, float[]> vectors) {
    return new VectorTeacher(vectors, Runtime.getRuntime().availableProcessors());
  }

  /// @param teacher made only if there is work left
  private MiningSummary mine(
      Mining mining,
      String teacherName,
      List<Input> models,
      MiningCheck check,
      Function<SpooledVectors, Teacher> teacher,
      Progress progress) {
    Manifest planned =
        Manifest.start(STAGE, recipe(check), policies.seed(), inputs(models), Map.of());
    try (RunFolder folder = RunFolder.open(out, planned, check.freeKeys())) {
      if (folder.complete()) {
        return MiningSummary.of(folder.manifest().counts());
      }
      var files = new MinedFiles(out);
      try (var vectors = new SpooledVectors(files.data(), progress, context.interruption())) {
        MiningSummary summary =
            check.with(
                mining,
                checked -> {
                  MiningSummary mined =
                      files.write(checked, teacher.apply(vectors), teacherName, progress);
                  folder.finish(mined.counts());
                  return mined;
                });
        vectors.delete();
        return summary;
      }
    }
  }

  private ObjectNode recipe(MiningCheck check) {
    ObjectNode recipe = JsonMapper.shared().createObjectNode();
    teachers.describe(recipe);
    recipe.put("within", corpus.isPresent() ? "corpus" : within.name().toLowerCase(Locale.ROOT));
    examples.describe(recipe);
    policies.describe(recipe);
    check.describe(recipe);
    return recipe;
  }

  private List<Input> inputs(List<Input> models) {
    var inputs = new ArrayList<>(models);
    inputs.add(Input.of("data", data, out));
    corpus.ifPresent(path -> inputs.add(Input.of("corpus", path, out)));
    return inputs;
  }
}
