package io.alidade.cli.parity;

import io.alidade.cli.engine.LoadedModel;
import io.alidade.core.Prompts;
import io.alidade.core.TextInput;
import io.alidade.eval.parity.ParityCase;
import io.alidade.eval.parity.Vectors;
import io.alidade.model.TextEmbedder;
import io.alidade.model.folder.GoldenCase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The texts for which a server is asked: those of `golden.json`, and some of every kind with the
/// vectors that the model gives them here.
public final class ParityProbes {
  private static final int GOLDEN_TEXTS = 8;

  /// Long enough to meet the usual limits, short enough to be computed while one waits.
  private static final int LONG_TOKENS = 2048;

  private static final String LONG = "a long document";
  private static final String QUESTION = "where do the small boats go when the wind turns?";
  private static final String INSTRUCTION = "Given a question, retrieve passages that answer it";

  private ParityProbes() {}

  /// The texts of `golden.json`, for which the model need not be loaded.
  public static List<ParityCase> golden(List<GoldenCase> golden) {
    var cases = new ArrayList<ParityCase>();
    for (GoldenCase known : golden.subList(0, Math.min(GOLDEN_TEXTS, golden.size()))) {
      String text = known.input().text();
      String rendered = known.rendered();
      // What a template puts behind the text counts as text.
      int prompt = Math.max(0, rendered.indexOf(text));
      cases.add(
          new ParityCase(
              "golden text " + (cases.size() + 1),
              rendered.substring(0, prompt),
              rendered.substring(prompt),
              known.embedding(),
              false));
    }
    return cases;
  }

  /// Bare texts without vectors, for a server whose model is not at hand.
  public static List<ParityCase> bare() {
    var cases = new ArrayList<ParityCase>();
    texts().forEach((name, text) -> cases.add(new ParityCase(name, "", text, List.of(), false)));
    return cases;
  }

  /// Documents and queries, short and long, embedded here.
  public static List<ParityCase> computed(LoadedModel model) {
    Prompts prompts = model.prompts();
    Map<String, TextInput> inputs = new LinkedHashMap<>();
    texts().forEach((name, text) -> inputs.put(name, TextInput.document(text)));
    boolean instructed =
        prompts.template().takesInstruction() && prompts.defaultInstruction().isEmpty();
    inputs.put(
        "a query with its prompt",
        instructed ? TextInput.query(INSTRUCTION, QUESTION) : prompts.query(QUESTION));
    if (model.embedder() instanceof TextEmbedder embedder) {
      inputs.put(LONG, TextInput.document(longText(embedder)));
    }
    float[][] vectors = model.embedder().embed(List.copyOf(inputs.values()));
    var cases = new ArrayList<ParityCase>();
    inputs.forEach(
        (name, input) -> {
          String prompt = prompts.template().prompt(input);
          cases.add(
              new ParityCase(
                  name,
                  prompt,
                  prompts.template().render(input).substring(prompt.length()),
                  Vectors.list(vectors[cases.size()]),
                  name.equals(LONG)));
        });
    return cases;
  }

  private static Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("a word", "boats");
    texts.put("a sentence", "The small boats come home when the wind turns, at about half past 5.");
    texts.put("a question", QUESTION);
    texts.put(
        "a paragraph",
        "Harbours silt up. Every spring the town pays for a dredger that takes two weeks to clear"
            + " the channel, and every autumn the storms bring the sand back.");
    return texts;
  }

  /// A quarter beyond where the model cuts, if that is near.
  private static String longText(TextEmbedder embedder) {
    int wanted = Math.min(embedder.maxTokens(), LONG_TOKENS) * 5 / 4;
    var text = new StringBuilder();
    for (int line = 1; length(embedder, text) < wanted; line++) {
      text.append("On day ").append(line).append(" the boats brought in fish from the north. ");
    }
    return text.toString().strip();
  }

  private static int length(TextEmbedder embedder, CharSequence text) {
    return embedder.tokenizer().encode(text.toString(), Integer.MAX_VALUE).length;
  }
}
