package io.alidade.cli.command;

import io.alidade.cli.ConsoleProgress;
import io.alidade.cli.Context;
import io.alidade.cli.ExitCode;
import io.alidade.cli.engine.LoadedModel;
import io.alidade.cli.parity.ParityProbes;
import io.alidade.cli.parity.ServingFaults;
import io.alidade.core.AlidadeException;
import io.alidade.eval.api.EmbeddingClient;
import io.alidade.eval.api.Endpoint;
import io.alidade.eval.api.ServerKind;
import io.alidade.eval.parity.Diagnosis;
import io.alidade.eval.parity.FaultyVectors;
import io.alidade.eval.parity.Observation;
import io.alidade.eval.parity.ParityCase;
import io.alidade.eval.parity.ServerParity;
import io.alidade.model.TextEmbedder;
import io.alidade.model.folder.GoldenCase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Compares a server with a model, or with itself where no model is given.
record ServerDoctor(Context context, ServerOptions options, ConsoleProgress progress) {

  /// Prints what was found and gives the exit code.
  int run(String model, boolean json) {
    double gate = options.gate();
    try (Endpoint endpoint = options.endpoint(System.getenv())) {
      ServerKind kind = options.access().kind(endpoint);
      var parity = new ServerParity(options.access().client(endpoint, kind), progress);
      ServerReport report = compare(parity, kind, model, gate);
      progress.endBar();
      context.print(json ? report.json() : report.text());
      return report.result().same() ? ExitCode.DONE : ExitCode.GATE_NOT_MET;
    }
  }

  private ServerReport compare(ServerParity parity, ServerKind kind, String model, double gate) {
    if (model.isEmpty()) {
      List<Observation> seen = parity.observeAlone(ParityProbes.bare());
      return report(parity.client(), kind, seen, FaultyVectors.NONE, gate);
    }
    Optional<LoadedModel> loaded = open(model);
    if (loaded.isEmpty()) {
      List<ParityCase> golden = ParityProbes.golden(golden(model));
      return report(parity.client(), kind, parity.observe(golden), FaultyVectors.NONE, gate);
    }
    try (LoadedModel opened = loaded.get()) {
      var cases = new ArrayList<ParityCase>(ParityProbes.golden(opened.golden()));
      cases.addAll(ParityProbes.computed(opened));
      FaultyVectors faulty =
          opened.embedder() instanceof TextEmbedder embedder
              ? new ServingFaults(embedder, opened.prompts())
              : FaultyVectors.NONE;
      return report(parity.client(), kind, parity.observe(cases), faulty, gate);
    }
  }

  /// The model, or nothing where it cannot be loaded but its folder has golden vectors.
  @SuppressWarnings("MustBeClosed") // the caller closes what is in it
  private Optional<LoadedModel> open(String model) {
    try {
      return Optional.of(context.engines().models().open(model, progress));
    } catch (AlidadeException e) {
      if (golden(model).isEmpty()) {
        throw e;
      }
      context.say(
          "the model cannot be loaded, so only its golden texts are compared: " + e.getMessage());
      return Optional.empty();
    }
  }

  private static List<GoldenCase> golden(String model) {
    Path folder = Path.of(model);
    return Files.exists(folder.resolve(GoldenCase.FILE)) ? GoldenCase.readAll(folder) : List.of();
  }

  private static ServerReport report(
      EmbeddingClient client,
      ServerKind kind,
      List<Observation> seen,
      FaultyVectors faulty,
      double gate) {
    Diagnosis.Result result = Diagnosis.of(seen, faulty, gate);
    return new ServerReport(client.endpoint().toString(), kind, gate, seen, result);
  }
}
