package io.alidade.synth.prompt;

import io.alidade.core.NearestName;
import io.alidade.core.UsageException;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A prompt with its placeholders, such as `{language}`.
///
/// @param name the recipe's name of what it makes, such as `short-long`
/// @param step what it asks for
/// @param placeholders the names between braces in the text
/// @param sha256 of the whole file, by which a run knows that a prompt has changed
public record Prompt(
    String name,
    Step step,
    PromptHeader header,
    String text,
    Set<String> placeholders,
    String sha256) {
  /// A task, in prompts and in the header's `instruction`.
  public static final String TASK = "task";

  /// The language of all texts of an example.
  public static final String LANGUAGE = "language";

  /// The query's language where an example has two.
  public static final String SOURCE_LANGUAGE = "src_lang";

  /// The documents' language where an example has two.
  public static final String TARGET_LANGUAGE = "tgt_lang";

  /// A passage of the user's documents, which becomes the positive.
  public static final String PASSAGE = "passage";

  /// The texts of an example, in the judge's prompt.
  public static final String QUERY = "query";

  public static final String POSITIVE = "positive";
  public static final String NEGATIVE = "negative";

  private static final List<String> JUDGED = List.of(TASK, QUERY, POSITIVE, NEGATIVE);
  private static final List<String> GIVEN =
      List.of(TASK, PASSAGE, LANGUAGE, SOURCE_LANGUAGE, TARGET_LANGUAGE);
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([A-Za-z][A-Za-z0-9_-]*)}");

  /// What a prompt asks for. The paper has the first two: tasks are thought up first, and a new
  /// call makes an example of one.
  public enum Step {
    BRAINSTORM,
    GENERATE,
    JUDGE
  }

  /// The names between braces in a text.
  static Set<String> placeholders(String text) {
    var names = new LinkedHashSet<String>();
    PLACEHOLDER.matcher(text).results().forEach(match -> names.add(match.group(1)));
    return Collections.unmodifiableSet(names);
  }

  /// This prompt, if its placeholders and fields make sense.
  ///
  /// @param source its file, for messages
  Prompt checked(String source) {
    checkPlaceholders(source);
    checkFields(source);
    return this;
  }

  /// Whether query and documents have a language each.
  public boolean bilingual() {
    return placeholders.contains(SOURCE_LANGUAGE);
  }

  /// Whether it asks for an example of a task that was thought up before.
  public boolean taskNeeded() {
    return placeholders.contains(TASK);
  }

  /// Whether it asks for an example about a passage of the user's documents.
  public boolean passageNeeded() {
    return placeholders.contains(PASSAGE);
  }

  /// The text with every placeholder replaced, all in one go.
  public String fill(Map<String, String> values) {
    return fill(text, values);
  }

  /// A text with every placeholder replaced that there is a value for, all in one go.
  public static String fill(String text, Map<String, String> values) {
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(
            match -> Matcher.quoteReplacement(values.getOrDefault(match.group(1), match.group())));
  }

  /// The instruction of the examples it makes.
  public String instruction(String task) {
    return fill(header.instruction(), Map.of(TASK, task));
  }

  /// The key of the answer that holds the task; empty where the model does not think it up along
  /// with the example.
  public String taskKey() {
    return header.fields().getOrDefault(PromptHeader.TASK, "");
  }

  /// The key of the answer that holds the query.
  public String queryKey() {
    return field(PromptHeader.QUERY);
  }

  /// The key of the answer that holds the positive.
  public String positiveKey() {
    return field(PromptHeader.POSITIVE);
  }

  /// The key of the answer that holds the negative; empty where none is asked for.
  public String negativeKey() {
    return header.fields().getOrDefault(PromptHeader.NEGATIVE, "");
  }

  /// The name and version, as provenance gives it: `short-long.generate@1`.
  public String label() {
    return "%s.%s@%d".formatted(name, PromptFile.label(step), header.version());
  }

  private String field(String role) {
    String key = header.fields().get(role);
    if (key == null) {
      throw new IllegalStateException(name + " has no field for the " + role);
    }
    return key;
  }

  private void checkPlaceholders(String source) {
    Collection<String> allowed = new TreeSet<>(header.values().keySet());
    switch (step) {
      case BRAINSTORM -> {}
      case GENERATE -> allowed.addAll(GIVEN);
      case JUDGE -> allowed.addAll(JUDGED);
    }
    for (String name : placeholders) {
      if (!allowed.contains(name)) {
        throw new UsageException(
            "%s: unknown placeholder {%s}%s; allowed are %s, and names under \"values\" of its header"
                .formatted(source, name, NearestName.hint(name, allowed), shown(allowed)));
      }
    }
    if (bilingual() != placeholders.contains(TARGET_LANGUAGE)) {
      throw new UsageException(
          source + ": {src_lang} and {tgt_lang} belong together; use both, or {language} alone");
    }
    if (bilingual() && passageNeeded()) {
      throw new UsageException(
          source + ": a {passage} has one language; use {language}, not {src_lang} and {tgt_lang}");
    }
  }

  private static String shown(Collection<String> names) {
    return names.isEmpty() ? "none" : "{" + String.join("}, {", names) + "}";
  }

  private void checkFields(String source) {
    if (step != Step.GENERATE) {
      return;
    }
    checkRoles(source);
    for (Map.Entry<String, String> length : header.lengths().entrySet()) {
      List<String> asked =
          header.values().getOrDefault(length.getValue(), List.of(length.getValue()));
      for (String words : asked) {
        if (WordRange.parse(words).isEmpty()) {
          throw new UsageException(
              "%s: lengths.%s: \"%s\" is no number of words; write 50, 5 to 15 words, less than 10 or"
                      .formatted(source, length.getKey(), words)
                  + " at least 300");
        }
      }
    }
  }

  private void checkRoles(String source) {
    List<String> needed =
        passageNeeded()
            ? List.of(PromptHeader.QUERY)
            : List.of(PromptHeader.QUERY, PromptHeader.POSITIVE);
    for (String role : needed) {
      if (!header.fields().containsKey(role)) {
        throw new UsageException(
            "%s: its header must say under \"fields\" which key of the answer is the %s"
                .formatted(source, role));
      }
    }
    refuse(
        passageNeeded() && header.fields().containsKey(PromptHeader.POSITIVE),
        source,
        "the {passage} is the positive; leave positive out of \"fields\"");
    refuse(
        taskNeeded() && !taskKey().isEmpty(),
        source,
        "the {task} is given; leave task out of \"fields\"");
  }

  private static void refuse(boolean wrong, String source, String problem) {
    if (wrong) {
      throw new UsageException(source + ": " + problem);
    }
  }
}
