package io.alidade.cli.command;

import io.alidade.eval.api.ServerKind;
import io.alidade.eval.parity.Diagnosis;
import io.alidade.eval.parity.Observation;
import io.alidade.eval.parity.Observation.Refused;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What `doctor --server` prints: a row for each answer, then what is wrong.
record ServerReport(
    String server,
    ServerKind kind,
    double gate,
    List<Observation> observations,
    Diagnosis.Result result) {

  /// For people.
  String text() {
    var text = new StringBuilder("server %s, protocol %s%n%n".formatted(server, kind.label()));
    text.append("%-9s%-26s%-12s%-10s%s%n".formatted("", "text", "asked", "cosine", "length"));
    observations.forEach(seen -> text.append(row(seen)));
    text.append(System.lineSeparator());
    result
        .findings()
        .forEach(
            finding ->
                text.append(
                    "cause    %s (%s: %d answers)%n         %s%n"
                        .formatted(
                            finding.fault().cause(),
                            finding.fault().id(),
                            finding.texts(),
                            finding.fault().mend())));
    return text.append(verdict()).toString();
  }

  private String row(Observation seen) {
    String name = seen.asked().name();
    String way = seen.way().label();
    if (seen.answer() instanceof Refused(String reason)) {
      return "refused  %-26s%-12s%s%n".formatted(name, way, reason);
    }
    return String.format(
        Locale.ROOT,
        "%-9s%-26s%-12s%-10.6f%.4f%n",
        seen.differs(gate) ? "differs" : "ok",
        name,
        way,
        seen.cosine(),
        seen.norm());
  }

  private String verdict() {
    return result.same()
        ? String.format(Locale.ROOT, "same     every cosine is at least %s", gate)
        : String.format(Locale.ROOT, "differs  the gate is a cosine of %s at length 1", gate);
  }

  /// For programs.
  String json() {
    ObjectNode root =
        JsonMapper.shared()
            .createObjectNode()
            .put("same", result.same())
            .put("server", server)
            .put("api", kind.label())
            .put("gate", gate);
    ArrayNode rows = root.putArray("answers");
    for (Observation seen : observations) {
      ObjectNode row =
          rows.addObject().put("text", seen.asked().name()).put("asked", seen.way().label());
      if (seen.answer() instanceof Refused(String reason)) {
        row.put("refused", reason);
      } else {
        row.put("cosine", seen.cosine()).put("length", seen.norm());
      }
    }
    ArrayNode findings = root.putArray("findings");
    for (Diagnosis.Finding finding : result.findings()) {
      findings
          .addObject()
          .put("id", finding.fault().id())
          .put("cause", finding.fault().cause())
          .put("mend", finding.fault().mend())
          .put("answers", finding.texts());
    }
    return root.toString();
  }
}
