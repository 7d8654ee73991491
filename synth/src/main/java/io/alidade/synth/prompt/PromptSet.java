package io.alidade.synth.prompt;

import io.alidade.core.NearestName;
import io.alidade.core.TaskKind;
import io.alidade.core.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The prompts of a run by name. Built in are the paper's six kinds, of which the four asymmetric
/// ones have two steps, and one about passages of the user's documents; files in a user's folder
/// replace them or add others.
///
/// @see <a href="https://arxiv.org/abs/2401.00368">Wang et al., Improving Text Embeddings with
///   Large Language Models, 2024</a>, section 3.1 and appendix C
public final class PromptSet {
  /// The name of the prompt about passages of the user's documents.
  public static final String GROUNDED = "grounded";

  private final Map<String, Prompt> brainstorm = new TreeMap<>();
  private static final String JUDGED = "example";
  private static final String JUDGED_PASSAGE = "passage";

  private final Map<String, Prompt> generate = new TreeMap<>();

  private final Map<String, Prompt> judge = new TreeMap<>();

  private PromptSet() {}

  /// The built-in prompts alone.
  public static PromptSet builtIn() {
    var prompts = new PromptSet();
    for (TaskKind kind : TaskKind.values()) {
      if (!kind.symmetric()) {
        prompts.add(resource(kind.label(), Prompt.Step.BRAINSTORM));
      }
      prompts.add(resource(kind.label(), Prompt.Step.GENERATE));
    }
    prompts.add(resource(GROUNDED, Prompt.Step.GENERATE));
    prompts.add(resource(JUDGED, Prompt.Step.JUDGE));
    prompts.add(resource(JUDGED_PASSAGE, Prompt.Step.JUDGE));
    return prompts;
  }

  /// The built-in prompts with those of a folder in their place or beside them.
  ///
  /// @throws UsageException if there is no such folder, or a file in it is no prompt
  public static PromptSet with(Path folder) {
    PromptSet prompts = builtIn();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        if (String.valueOf(file.getFileName()).endsWith(PromptFile.SUFFIX)) {
          prompts.add(PromptFile.parse(file, Files.readString(file)));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException _) {
      throw new UsageException("prompts: there is no folder " + folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return prompts;
  }

  /// The prompt that makes examples of that name.
  ///
  /// @throws UsageException if there is none, with the names there are
  public Prompt generate(String name) {
    return find(generate, name);
  }

  /// The prompt that thinks up tasks for that name.
  ///
  /// @throws UsageException if there is none
  public Prompt brainstorm(String name) {
    Prompt prompt = brainstorm.get(name);
    if (prompt == null) {
      throw new UsageException(
          "%s: uses {task}, but nothing thinks tasks up; add %s, or name a file of tasks in tasks.%s"
              .formatted(
                  PromptFile.fileName(name, Prompt.Step.GENERATE),
                  PromptFile.fileName(name, Prompt.Step.BRAINSTORM),
                  name));
    }
    return prompt;
  }

  /// The prompt that scores an example.
  public Prompt judge() {
    return find(judge, JUDGED);
  }

  /// The prompt that scores how far a text which a search has found answers a query.
  public Prompt passageJudge() {
    return find(judge, JUDGED_PASSAGE);
  }

  /// Name and version of every prompt with its hash, by which a continued run knows them.
  public Map<String, String> fingerprint(Collection<String> names) {
    var hashes = new TreeMap<String, String>();
    for (String name : names) {
      for (Map<String, Prompt> step : List.of(brainstorm, generate)) {
        Prompt prompt = step.get(name);
        if (prompt != null) {
          hashes.put(prompt.label(), prompt.sha256());
        }
      }
    }
    return hashes;
  }

  private void add(Prompt prompt) {
    Map<String, Prompt> prompts =
        switch (prompt.step()) {
          case BRAINSTORM -> brainstorm;
          case GENERATE -> generate;
          case JUDGE -> judge;
        };
    prompts.put(prompt.name(), prompt);
  }

  private static Prompt find(Map<String, Prompt> prompts, String name) {
    Prompt prompt = prompts.get(name);
    if (prompt == null) {
      throw new UsageException(
          "kinds: there is no prompt \"%s\"%s; there are %s"
              .formatted(
                  name,
                  NearestName.hint(name, prompts.keySet()),
                  String.join(", ", prompts.keySet())));
    }
    return prompt;
  }

  private static Prompt resource(String name, Prompt.Step step) {
    String file = PromptFile.fileName(name, step);
    try (InputStream in = PromptSet.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is missing from alidade-synth");
      }
      return PromptFile.parse(Path.of(file), new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
