package io.alidade.cli.command;

import io.alidade.cli.ConsoleProgress;
import io.alidade.cli.Context;
import io.alidade.cli.ExitCode;
import io.alidade.cli.engine.LoadedModel;
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
    description = "Check the machine, and with --model a model's vectors.",
    footer = {
      "",
      "Examples:",
      "  alidade doctor",
      "  alidade doctor --model runs/first/model",
      "",
      "Exit code 1 if a check failed; warnings do not count."
    })
public final class DoctorCommand implements Callable<Integer> {
  private final Context context;

  @Option(
      names = "--model",
      paramLabel = "DIR|NAME",
      description = "Also check this model: unit length, batches, golden vectors.")
  private String model = "";

  @Mixin private Loading loading = new Loading();

  @Option(names = "--json", description = "Print the checks as JSON.")
  private boolean json;

  public DoctorCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    List<Check> checks = new ArrayList<>(MachineChecks.run(System.getenv()));
    if (!model.isEmpty()) {
      try (var progress = new ConsoleProgress(context.terminal());
          LoadedModel opened =
              context.engines().models().open(model, loading.settings(), progress)) {
        checks.addAll(ModelChecks.run(opened));
      }
    }
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
