package io.alidade.core.lineage;

import io.alidade.core.DataException;
import io.alidade.core.ParserMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A training run's `log.jsonl`: one object a step, with the ids of its batch.
final class LoggedSteps {
  static final String FILE_NAME = "log.jsonl";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private LoggedSteps() {}

  /// Takes one step of the log.
  @FunctionalInterface
  interface Visitor {
    void visit(Lineage.Step step, List<String> ids);
  }

  /// Walks the steps in order. A last line without its end is what a killed run left, no error.
  static void forEach(Path file, Visitor visitor) {
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      String next = reader.readLine();
      for (long number = 1; next != null; number++) {
        String line = next;
        next = reader.readLine();
        if (!line.isBlank()) {
          visit(file, number, line, next == null, visitor);
        }
      }
    } catch (IOException e) {
      throw new DataException(file, "cannot be read: " + e.getMessage(), e);
    }
  }

  private static void visit(Path file, long number, String line, boolean last, Visitor visitor) {
    try {
      JsonNode node = JSON.readTree(line);
      var ids = new ArrayList<String>();
      node.path("ids").forEach(id -> ids.add(id.asString()));
      var step =
          new Lineage.Step(
              node.path("step").asLong(0),
              node.path("epoch").asLong(0),
              node.path("loss").asDouble(Double.NaN),
              ids.size());
      visitor.visit(step, ids);
    } catch (JacksonException e) {
      if (!last) {
        throw new DataException(file, number, "broken JSON: " + ParserMessage.of(e));
      }
    }
  }
}
