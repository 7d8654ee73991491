package io.alidade.eval.parity;

import io.alidade.core.Progress;
import io.alidade.eval.api.EmbeddingClient;
import io.alidade.eval.api.OpenAiProtocol;
import io.alidade.eval.api.OpenAiProtocol.Encoding;
import io.alidade.eval.api.ServerException;
import io.alidade.eval.parity.Observation.Answer;
import io.alidade.eval.parity.Observation.Given;
import io.alidade.eval.parity.Observation.Refused;
import io.alidade.eval.parity.Observation.Way;
import java.util.ArrayList;
import java.util.List;

/// Asks a server for texts alone, together, and where its protocol has it in base64.
public record ServerParity(EmbeddingClient client, Progress progress) {

  /// The answers to the cases in every way, the long texts alone only.
  ///
  /// @throws ServerException if the server cannot be asked, or refuses more than a long text
  public List<Observation> observe(List<ParityCase> cases) {
    var observations = new ArrayList<Observation>();
    for (ParityCase asked : cases) {
      observations.add(new Observation(asked, Way.ALONE, alone(asked)));
      progress.update(observations.size(), cases.size(), "texts");
    }
    observations.addAll(together(client, Way.BATCH, shortOnes(cases)));
    if (client.protocol() instanceof OpenAiProtocol(String model, _)) {
      var base64 =
          new EmbeddingClient(client.endpoint(), new OpenAiProtocol(model, Encoding.BASE64));
      observations.addAll(together(base64, Way.BASE64, shortOnes(cases)));
    }
    return observations;
  }

  /// The answers with those to single texts as what is expected, where no model is at hand.
  public List<Observation> observeAlone(List<ParityCase> cases) {
    return observe(
        cases.stream()
            .filter(asked -> !asked.isLong())
            .map(asked -> asked.withExpected(vector(asked)))
            .toList());
  }

  private List<Float> vector(ParityCase asked) {
    return Vectors.list(client.embed(List.of(asked.sent()))[0]);
  }

  private Answer alone(ParityCase asked) {
    try {
      return new Given(vector(asked));
    } catch (ServerException e) {
      if (asked.isLong() && e.refusedInput()) {
        return new Refused("" + e.getMessage());
      }
      throw e;
    }
  }

  private static List<Observation> together(EmbeddingClient client, Way way, List<ParityCase> all) {
    float[][] vectors = client.embed(all.stream().map(ParityCase::sent).toList());
    var observations = new ArrayList<Observation>();
    for (int i = 0; i < vectors.length; i++) {
      observations.add(new Observation(all.get(i), way, new Given(Vectors.list(vectors[i]))));
    }
    return observations;
  }

  private static List<ParityCase> shortOnes(List<ParityCase> cases) {
    return cases.stream().filter(asked -> !asked.isLong()).toList();
  }
}
