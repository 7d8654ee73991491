package io.alidade.model.folder;

import io.alidade.core.AtomicFiles;
import java.nio.file.Path;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.json.JsonMapper;

/// Writes JSON as Hugging Face's tools do: two spaces, lists over several lines, `"key": value`.
final class JsonFiles {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private JsonFiles() {}

  static void write(Path file, Object value) {
    var indenter = new DefaultIndenter("  ", "\n");
    var separators =
        Separators.createDefaultInstance()
            .withObjectNameValueSpacing(Separators.Spacing.AFTER)
            .withObjectEmptySeparator("")
            .withArrayEmptySeparator("");
    var printer =
        new DefaultPrettyPrinter(separators)
            .withObjectIndenter(indenter)
            .withArrayIndenter(indenter);
    AtomicFiles.writeText(file, JSON.writer().with(printer).writeValueAsString(value) + "\n");
  }
}
