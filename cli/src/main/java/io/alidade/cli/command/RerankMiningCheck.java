package io.alidade.cli.command;

import io.alidade.cli.Context;
import io.alidade.core.NearestName;
import io.alidade.core.UsageException;
import io.alidade.eval.api.Endpoint;
import io.alidade.eval.api.RerankClient;
import io.alidade.eval.api.RerankProtocol;
import io.alidade.eval.api.ServerKind;
import io.alidade.mine.KeptScores;
import io.alidade.mine.Limits;
import io.alidade.mine.Mining;
import io.alidade.mine.MiningSummary;
import io.alidade.mine.RerankCheck;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/// A check by a reranking server. Its answers lie in the folder until the work is done.
///
/// @param api one of [#APIS]
record RerankMiningCheck(
    Context context, String url, String api, String model, KeyVariable key, Limits limits, Path out)
    implements MiningCheck {
  static final String AUTO = "auto";
  private static final String TEI = "tei";
  private static final String V1 = "v1";
  private static final List<String> APIS = List.of(TEI, V1, AUTO);

  /// @throws UsageException for a protocol that is none
  static String api(String name) {
    if (!APIS.contains(name)) {
      throw new UsageException(
          "--rerank-api %s is not known%s; allowed are %s"
              .formatted(name, NearestName.hint(name, APIS), String.join(", ", APIS)));
    }
    return name;
  }

  @Override
  public void describe(ObjectNode recipe) {
    ObjectNode check = recipe.putObject(KEY).put("rerank", url).put("api", api).put("model", model);
    limits.maxShare().ifPresent(value -> check.put("max_share", value));
    limits.margin().ifPresent(value -> check.put("margin", value));
    limits.maxScore().ifPresent(value -> check.put("max_score", value));
  }

  @Override
  public MiningSummary with(Mining mining, Function<Mining, MiningSummary> work) {
    try (var endpoint =
        new Endpoint(
            Endpoint.address(url),
            key.key(System.getenv()),
            ServerAccess.TIMEOUT,
            "--rerank-api")) {
      var reranker = new RerankClient(endpoint, protocol(endpoint));
      try (KeptScores kept = KeptScores.open(out, reranker)) {
        MiningSummary summary =
            work.apply(
                mining.checkedBy(MiningCheck.stoppable(new RerankCheck(kept, limits), context)));
        kept.done();
        return summary;
      }
    }
  }

  private RerankProtocol protocol(Endpoint endpoint) {
    boolean tei =
        api.equals(AUTO) ? ServerKind.detect(endpoint) == ServerKind.TEI : api.equals(TEI);
    return tei ? new RerankProtocol.Tei() : new RerankProtocol.V1(model);
  }
}
