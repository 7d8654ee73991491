package io.alidade.core;

/// How a model wants its inputs written: the template of queries, with the placeholders
/// `{instruction}` and `{text}`, and what stands before documents.
///
/// @param query such as `Instruct: {instruction}\nQuery: {text}`; a query without instruction is
///   left bare
/// @param documentPrefix usually empty; `passage: ` for E5's encoders
/// @see <a href="https://arxiv.org/abs/2401.00368">Wang et al., 2024</a>, section 3.2, equation 1
public record PromptTemplate(String query, String documentPrefix) {
  private static final String INSTRUCTION = "{instruction}";
  private static final String TEXT = "{text}";

  /// The paper's template: an instruction in front of queries, bare documents.
  public static final PromptTemplate E5 =
      new PromptTemplate("Instruct: {instruction}\nQuery: {text}", "");

  public PromptTemplate {
    if (!query.contains(TEXT)) {
      throw new IllegalArgumentException(
          "template \"%s\" has no %s, so that the text would be lost".formatted(query, TEXT));
    }
  }

  /// The text as it is tokenised.
  public String render(TextInput input) {
    return switch (input) {
      case TextInput.Document(String text) -> documentPrefix + text;
      case TextInput.Query(String instruction, String text) ->
          instruction.isEmpty() ? text : fill(instruction, text);
    };
  }

  /// Filled in one go, so that a placeholder inside the text stays what it is.
  private String fill(String instruction, String text) {
    int at = query.indexOf(TEXT);
    String before = query.substring(0, at).replace(INSTRUCTION, instruction);
    String after = query.substring(at + TEXT.length()).replace(INSTRUCTION, instruction);
    return before + text + after;
  }
}
