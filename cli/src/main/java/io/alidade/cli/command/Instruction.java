package io.alidade.cli.command;

import io.alidade.cli.engine.LoadedModel;
import io.alidade.core.NearestName;
import io.alidade.core.TextInput;
import io.alidade.core.UsageException;
import picocli.CommandLine.Option;

/// The options that say which instruction queries carry.
final class Instruction {
  private static final String NONE = "none";

  @Option(
      names = "--instruction",
      paramLabel = "TEXT",
      description = "Task sentence for queries, put into the model's template; none for none.")
  String text = "";

  @Option(
      names = "--prompt",
      paramLabel = "NAME",
      description = "Task sentence for queries, by its name in the model folder.")
  String prompt = "";

  boolean given() {
    return !text.isEmpty() || !prompt.isEmpty();
  }

  /// A query under the instruction that the options or the model's folder give.
  TextInput query(String query, LoadedModel model) {
    return TextInput.query(sentence(model), query);
  }

  String sentence(LoadedModel model) {
    if (!text.isEmpty() && !prompt.isEmpty()) {
      throw new UsageException("--instruction and --prompt exclude each other; give one");
    }
    if (!text.isEmpty()) {
      return text.equals(NONE) ? "" : text;
    }
    if (prompt.isEmpty()) {
      return model.defaultInstruction();
    }
    if (!model.prompts().containsKey(prompt)) {
      throw new UsageException(
          "--prompt %s: the model has no such prompt%s; it has %s"
              .formatted(
                  prompt,
                  NearestName.hint(prompt, model.prompts().keySet()),
                  model.prompts().isEmpty()
                      ? "none"
                      : String.join(", ", model.prompts().keySet().stream().sorted().toList())));
    }
    return model.prompts().getOrDefault(prompt, "");
  }
}
