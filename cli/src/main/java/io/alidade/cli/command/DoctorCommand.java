package io.alidade.cli.command;

import io.alidade.cli.ConsoleProgress;
import io.alidade.cli.Context;
import io.alidade.cli.ExitCode;
import io.alidade.cli.engine.LoadedModel;
import io.alidade.core.AlidadeException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `alidade doctor`.
@Command(
    name = "doctor",
    description = "Check the machine, a model's folder and vectors, or a server of the model.",
    footer = {
      "",
      "Examples:",
      "  alidade doctor",
      "  alidade doctor --model runs/first/model",
      "  alidade doctor --server http://localhost:8080 --model runs/first/model",
      "  alidade doctor --server https://host/v1 --api-key-env HOST_KEY --model my-model",
      "",
      "With --server, the server's vectors are compared with the model's: short and long",
      "texts, queries with their prompt, alone and in a batch. If they differ, the likely",
      "cause is named. Without --model the server is compared with itself.",
      "",
      "Exit code 1 if a check failed, 3 if a server's vectors are not the model's;",
      "warnings do not count."
    })
public final class DoctorCommand implements Callable<Integer> {
  private final Context context;

  @Option(
      names = "--model",
      paramLabel = "DIR|NAME",
      description = "Also check this model: what its folder says, unit length, batches, goldens.")
  private String model = "";

  @Mixin private Loading loading = new Loading();

  @Mixin private ServerOptions server = new ServerOptions();

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  public DoctorCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    try (var progress = new ConsoleProgress(context.terminal())) {
      if (server.given()) {
        return new ServerDoctor(context, server, progress).run(model, json);
      }
      List<Check> checks = new ArrayList<>(MachineChecks.run(System.getenv()));
      if (!model.isEmpty()) {
        checks.addAll(modelChecks(progress));
      }
      progress.endBar();
      return report(checks);
    }
  }

  /// A folder that cannot be opened is a finding too.
  private List<Check> modelChecks(ConsoleProgress progress) {
    try (LoadedModel opened =
        context.engines().models().open(model, loading.settings(), progress)) {
      return ModelChecks.run(opened);
    } catch (AlidadeException e) {
      return List.of(Check.failed("model", "" + e.getMessage()));
    }
  }

  private int report(List<Check> checks) {
    boolean failed = checks.stream().anyMatch(check -> check.status() == Check.Status.FAILED);
    if (json) {
      context.print(json(checks, failed));
    } else {
      checks.forEach(
          check ->
              context.print(
                  "%-8s %-22s %s".formatted(check.status().label(), check.name(), check.detail())));
    }
    return failed ? ExitCode.FAILED : ExitCode.DONE;
  }

  private static String json(List<Check> checks, boolean failed) {
    ObjectNode root = JsonMapper.shared().createObjectNode().put("ok", !failed);
    ArrayNode list = root.putArray("checks");
    for (Check check : checks) {
      list.addObject()
          .put("name", check.name())
          .put("status", check.status().label())
          .put("detail", check.detail());
    }
    return root.toString();
  }
}
