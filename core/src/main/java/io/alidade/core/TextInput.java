package io.alidade.core;

/// A text to embed, in the part it plays. The model's own template turns it into what is tokenised.
public sealed interface TextInput {

  /// The bare text, without instruction or prefix.
  String text();

  /// The searching side: a text under an instruction, the bare task sentence such as `Given a
  /// question, retrieve passages that answer it`. An empty instruction leaves the text bare. For
  /// symmetric tasks both sides are queries.
  record Query(String instruction, String text) implements TextInput {}

  /// The side that is searched: the bare text, with the model's document prefix if it has one.
  record Document(String text) implements TextInput {}

  /// A text behind a prompt that is put before it as it is, such as `query: `: the prompts that
  /// sentence-transformers' models have by name. An empty prompt leaves the text bare.
  record Prompted(String prompt, String text) implements TextInput {}

  static TextInput query(String instruction, String text) {
    return new Query(instruction, text);
  }

  static TextInput document(String text) {
    return new Document(text);
  }

  static TextInput prompted(String prompt, String text) {
    return new Prompted(prompt, text);
  }
}
