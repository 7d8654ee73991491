package io.alidade.synth.prompt;

import io.alidade.core.Sha256;
import io.alidade.core.UsageException;
import io.alidade.core.recipe.RecipeBinder;
import io.alidade.core.recipe.RecipeTree;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The form of a prompt's file, `NAME.generate.txt`, `NAME.brainstorm.txt`, `example.judge.txt` or
/// `passage.judge.txt`: a YAML header between two lines of three hyphens, and the text.
final class PromptFile {
  static final String SUFFIX = ".txt";
  private static final Pattern NAME =
      Pattern.compile("([a-z0-9]+(?:-[a-z0-9]+)*)\\.(brainstorm|generate|judge)\\.txt");
  private static final Pattern PARTS = Pattern.compile("---\\R(.*?)\\R---\\R(.*)", Pattern.DOTALL);

  private PromptFile() {}

  /// Reads a file's content.
  ///
  /// @throws UsageException if name, header, placeholders or fields are not what they must be
  static Prompt parse(Path file, String content) {
    Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
    if (!name.matches()) {
      throw new UsageException(
          file
              + ": a prompt's file is named NAME.generate.txt or NAME.brainstorm.txt, NAME of"
              + " small letters, digits and hyphens");
    }
    Matcher parts = PARTS.matcher(content);
    if (!parts.matches()) {
      throw new UsageException(
          file
              + ": a prompt begins with a header between two lines of ---, such as \"version: 1\"");
    }
    PromptHeader header =
        new RecipeBinder(file.toString())
            .bind(PromptHeader.class, RecipeTree.parse(file, "\n" + parts.group(1)));
    Prompt.Step step = Prompt.Step.valueOf(name.group(2).toUpperCase(Locale.ROOT));
    String text = parts.group(2).strip();
    var prompt =
        new Prompt(
            name.group(1), step, header, text, Prompt.placeholders(text), Sha256.ofText(content));
    return prompt.checked(file.toString());
  }

  static String label(Prompt.Step step) {
    return step.name().toLowerCase(Locale.ROOT);
  }

  static String fileName(String name, Prompt.Step step) {
    return name + "." + label(step) + SUFFIX;
  }
}
