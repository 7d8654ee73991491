package io.alidade.core;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What a model wants before its texts: a template for instructions, and literal texts by name.
///
/// @param template how instructions are written, and what stands before documents
/// @param defaultInstruction the bare task sentence of queries that bring none; may be empty
/// @param texts what stands before a text, by the prompt's name
/// @param defaultName the prompt of texts whose part is not said, if there is one
public record Prompts(
    PromptTemplate template,
    String defaultInstruction,
    Map<String, String> texts,
    Optional<String> defaultName) {

  public Prompts {
    texts = Collections.unmodifiableMap(new LinkedHashMap<>(texts));
    if (defaultName.isPresent() && !texts.containsKey(defaultName.get())) {
      throw new IllegalArgumentException(
          "the default prompt \"%s\" is none of %s".formatted(defaultName.get(), texts.keySet()));
    }
  }

  /// A template without an instruction or named prompts.
  public static Prompts of(PromptTemplate template) {
    return new Prompts(template, "", Map.of(), Optional.empty());
  }

  /// What stands before a text under the prompt of this name.
  ///
  /// @throws UsageException if there is none
  public String text(String name) {
    requireName(name);
    return texts.getOrDefault(name, "");
  }

  /// Refuses a name that no prompt has.
  ///
  /// @throws UsageException with those that there are
  public void requireName(String name) {
    if (!texts.containsKey(name)) {
      throw new UsageException(
          "the model has no prompt \"%s\"%s; it has %s"
              .formatted(
                  name,
                  NearestName.hint(name, texts.keySet()),
                  texts.isEmpty() ? "none" : String.join(", ", texts.keySet())));
    }
  }

  /// A query under the model's default instruction.
  public TextInput query(String text) {
    return TextInput.query(defaultInstruction, text);
  }

  /// A text whose part is not said: under the default prompt, or else a document.
  public TextInput plain(String text) {
    return defaultName
        .map(name -> TextInput.prompted(text(name), text))
        .orElseGet(() -> TextInput.document(text));
  }
}
