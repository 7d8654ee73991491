package io.alidade.cli.command;

import io.alidade.cli.engine.LoadedModel;
import io.alidade.core.Prompts;
import io.alidade.core.TextInput;
import io.alidade.core.UsageException;
import picocli.CommandLine.Option;

/// The options that say what stands before texts.
final class Instruction {
  private static final String NONE = "none";

  @Option(
      names = "--instruction",
      paramLabel = "TEXT|none",
      description = "Task sentence for queries, put into the model's template; none for none.")
  private String text = "";

  @Option(
      names = "--prompt",
      paramLabel = "NAME",
      description = "What the model's folder puts before texts under this name.")
  private String prompt = "";

  boolean instructionGiven() {
    return !text.isEmpty();
  }

  boolean promptGiven() {
    return !prompt.isEmpty();
  }

  /// Refuses what the model cannot do, whether or not there will be a text.
  ///
  /// @throws UsageException by the option that asks for it
  void requireFits(LoadedModel model) {
    if (instructionGiven() && promptGiven()) {
      throw new UsageException("--instruction and --prompt exclude each other; give one");
    }
    if (promptGiven()) {
      model.prompts().requireName(prompt);
    } else if (instructionGiven() && !text.equals(NONE)) {
      requireInstructions(model);
    }
  }

  /// A query as the options ask for it, or else under the model's default instruction.
  ///
  /// @throws UsageException if the model cannot do that
  TextInput query(String query, LoadedModel model) {
    requireFits(model);
    Prompts prompts = model.prompts();
    if (promptGiven()) {
      return TextInput.prompted(prompts.text(prompt), query);
    }
    if (text.equals(NONE)) {
      return TextInput.prompted("", query);
    }
    return instructionGiven() ? TextInput.query(text, query) : prompts.query(query);
  }

  /// Refuses an instruction for a model that takes none.
  static void requireInstructions(LoadedModel model) {
    Prompts prompts = model.prompts();
    if (!prompts.template().takesInstruction()) {
      throw new UsageException(
          "--instruction: %s takes none; it puts \"%s\" before every query%s"
              .formatted(
                  model.description().name(),
                  prompts.template().prompt(prompts.query("")),
                  prompts.texts().isEmpty()
                      ? ""
                      : "; --prompt can be " + String.join(", ", prompts.texts().keySet())));
    }
  }
}
