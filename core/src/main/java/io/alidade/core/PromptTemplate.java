package io.alidade.core;

/// How a model wants its inputs written: the template of queries, with the placeholders
/// `{instruction}` and `{text}`, and what stands before documents.
///
/// @param query such as `Instruct: {instruction}\nQuery: {text}`, where a query without instruction
///   is left bare; or such as `query: {text}` for models without instructions, for every query
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

  /// Whether queries carry an instruction; else the instruction of an input has no effect.
  public boolean takesInstruction() {
    return query.contains(INSTRUCTION);
  }

  /// The text as it is tokenised.
  public String render(TextInput input) {
    return prompt(input) + input.text() + ending(input);
  }

  /// What stands before the text.
  public String prompt(TextInput input) {
    return switch (input) {
      case TextInput.Document _ -> documentPrefix;
      case TextInput.Prompted(String prompt, _) -> prompt;
      case TextInput.Query(String instruction, _) ->
          isBare(instruction) ? "" : filled(query.substring(0, query.indexOf(TEXT)), instruction);
    };
  }

  /// What stands behind the text, which few templates have.
  private String ending(TextInput input) {
    return switch (input) {
      case TextInput.Document _, TextInput.Prompted _ -> "";
      case TextInput.Query(String instruction, _) ->
          isBare(instruction)
              ? ""
              : filled(query.substring(query.indexOf(TEXT) + TEXT.length()), instruction);
    };
  }

  private boolean isBare(String instruction) {
    return instruction.isEmpty() && takesInstruction();
  }

  private static String filled(String part, String instruction) {
    return part.replace(INSTRUCTION, instruction);
  }
}
