package io.alidade.cli.command;

import io.alidade.cli.ConsoleProgress;
import io.alidade.cli.Context;
import io.alidade.cli.ExitCode;
import io.alidade.cli.engine.LoadedModel;
import io.alidade.core.TextInput;
import io.alidade.core.UsageException;
import io.alidade.eval.Hit;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `alidade search`.
@Command(
    name = "search",
    description = "Search documents by meaning.",
    footer = {
      "",
      "Examples:",
      "  alidade search --model my-model --corpus notes/ \"how do I renew a passport\"",
      "  alidade search --model my-model --corpus docs.jsonl --index docs.index",
      "  alidade search --model my-model --index docs.index --json passport visa",
      "",
      "A corpus is JSONL of {\"id\", \"text\"} (or _id and title, as in BEIR), plain",
      "lines, or a folder of .txt and .md files, which are cut into passages. Without",
      "a query, queries are read line by line. --index keeps the vectors, so that",
      "only changed documents are embedded again."
    })
public final class SearchCommand implements Callable<Integer> {
  private static final int SHOWN_CHARACTERS = 160;

  private final Context context;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR|NAME",
      description = "Model folder, or a backbone's name.")
  private String model = "";

  @Option(
      names = "--corpus",
      paramLabel = "FILE|FOLDER",
      description = "Documents; may be left out with an --index that has them.")
  private String corpus = "";

  @Option(names = "--index", paramLabel = "DIR", description = "Folder that keeps the vectors.")
  private String index = "";

  @Mixin private Instruction instruction = new Instruction();

  @Mixin private Loading loading = new Loading();

  @Option(
      names = "--top",
      paramLabel = "N",
      description = "Documents shown for each query (default: ${DEFAULT-VALUE}).")
  private int top = 10;

  @Option(names = "--json", description = "Print one JSON object a query.")
  private boolean json;

  @Parameters(paramLabel = "QUERY", arity = "0..*", description = "What to look for.")
  private List<String> queries = new ArrayList<>();

  public SearchCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    checkOptions();
    try (var progress = new ConsoleProgress(context.terminal());
        LoadedModel opened = context.engines().models().open(model, loading.settings(), progress)) {
      var builder = new SearchIndex.Builder(opened, progress, context.interruption());
      SearchIndex documents =
          index.isEmpty()
              ? builder.build(Path.of(corpus))
              : builder.buildIn(Path.of(index), corpus);
      progress.endBar();
      for (String query : queries) {
        answer(query, opened, documents);
      }
      if (queries.isEmpty()) {
        converse(opened, documents);
      }
    }
    return ExitCode.DONE;
  }

  private void checkOptions() {
    if (corpus.isEmpty() && index.isEmpty()) {
      throw new UsageException(
          "there is nothing to search; give --corpus FILE|FOLDER or --index DIR");
    }
    if (top < 1) {
      throw new UsageException("--top %d: at least 1 document must be shown".formatted(top));
    }
    for (String query : queries) {
      if (query.isBlank()) {
        throw new UsageException("the query is empty; write what to look for");
      }
    }
  }

  private void converse(LoadedModel opened, SearchIndex documents) throws IOException {
    var in =
        new BufferedReader(new InputStreamReader(context.terminal().in(), StandardCharsets.UTF_8));
    prompt();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.isBlank()) {
        context.say("the query is empty; write what to look for, or end with Ctrl-D");
      } else {
        answer(line.strip(), opened, documents);
        context.terminal().out().flush();
      }
      prompt();
    }
  }

  private void prompt() {
    if (context.terminal().interactive()) {
      context.terminal().err().print("query> ");
      context.terminal().err().flush();
    }
  }

  private void answer(String query, LoadedModel opened, SearchIndex documents) {
    TextInput input = instruction.query(query, opened);
    float[] vector = opened.embedder().embed(List.of(input))[0];
    List<Hit> hits = documents.search(vector, top);
    if (json) {
      context.print(json(query, hits, documents));
    } else {
      context.print(query);
      for (int i = 0; i < hits.size(); i++) {
        Hit hit = hits.get(i);
        context.print(
            String.format(
                Locale.ROOT,
                "%3d  %.4f  %s  %s",
                i + 1,
                hit.score(),
                hit.document(),
                shortened(documents.text(hit.document()))));
      }
    }
  }

  private static String json(String query, List<Hit> hits, SearchIndex documents) {
    ObjectNode answer = JsonMapper.shared().createObjectNode().put("query", query);
    ArrayNode list = answer.putArray("hits");
    for (Hit hit : hits) {
      list.addObject()
          .put("rank", list.size())
          .put("id", hit.document())
          .put("score", hit.score())
          .put("text", documents.text(hit.document()));
    }
    return answer.toString();
  }

  private static String shortened(String text) {
    String line = text.replaceAll("\\s+", " ").strip();
    int characters = line.codePointCount(0, line.length());
    return characters <= SHOWN_CHARACTERS
        ? line
        : line.substring(0, line.offsetByCodePoints(0, SHOWN_CHARACTERS)) + "…";
  }
}
