package io.alidade.model.folder;

import io.alidade.core.AtomicFiles;
import io.alidade.core.DataException;
import io.alidade.core.TextInput;
import io.alidade.model.config.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

/// A text with the vector this model gives it, so that any server of the model can be checked.
///
/// @param input a query with its instruction, or a document
/// @param rendered the text as it is tokenised
/// @param embedding the vector
public record GoldenCase(TextInput input, String rendered, List<Float> embedding) {
  /// The file's name in a model folder.
  public static final String FILE = "golden.json";

  public GoldenCase {
    embedding = List.copyOf(embedding);
  }

  public static GoldenCase of(TextInput input, String rendered, float[] embedding) {
    var values = new ArrayList<Float>();
    for (float value : embedding) {
      values.add(value);
    }
    return new GoldenCase(input, rendered, values);
  }

  /// Reads the `golden.json` of a model folder.
  public static List<GoldenCase> readAll(Path folder) {
    Path file = folder.resolve(FILE);
    return JsonObject.read(file).elements("cases").map(node -> read(file, node)).toList();
  }

  private static GoldenCase read(Path file, JsonNode node) {
    var json = new JsonObject(file, node);
    String text = json.requiredText("text");
    TextInput input =
        json.text("instruction")
            .map(instruction -> TextInput.query(instruction, text))
            .or(() -> json.text("prompt").map(prompt -> TextInput.prompted(prompt, text)))
            .orElseGet(() -> TextInput.document(text));
    var embedding = new ArrayList<Float>();
    json.elements("embedding")
        .forEach(
            value -> {
              if (!value.isNumber()) {
                throw new DataException(file, "\"embedding\" holds %s".formatted(value));
              }
              embedding.add(value.floatValue());
            });
    return new GoldenCase(input, json.requiredText("input"), embedding);
  }

  /// Writes the `golden.json` of a model folder.
  public static void writeAll(Path folder, List<GoldenCase> cases) {
    JsonFiles.write(
        folder.resolve(FILE), Map.of("cases", cases.stream().map(GoldenCase::json).toList()));
  }

  /// Copies the `golden.json` of a model folder, if it has one, to another form of the same model.
  public static void copy(Path folder, Path to) {
    Path file = folder.resolve(FILE);
    if (Files.isRegularFile(file)) {
      AtomicFiles.write(to.resolve(FILE), out -> Files.copy(file, out));
    }
  }

  private Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    switch (input) {
      case TextInput.Query(String instruction, _) -> json.put("instruction", instruction);
      case TextInput.Prompted(String prompt, _) -> json.put("prompt", prompt);
      case TextInput.Document _ -> json.put("instruction", NullNode.getInstance());
    }
    json.put("text", input.text());
    json.put("input", rendered);
    json.put("embedding", embedding);
    return json;
  }
}
