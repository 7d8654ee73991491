package io.alidade.cli.parity;

import io.alidade.core.Prompts;
import io.alidade.eval.parity.Fault;
import io.alidade.eval.parity.FaultyVectors;
import io.alidade.eval.parity.ParityCase;
import io.alidade.eval.parity.Vectors;
import io.alidade.model.TextEmbedder;
import io.alidade.model.head.Pooling;
import io.alidade.model.head.TextPooling;
import io.alidade.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;

/// Computes the vectors that a model gives when it is served as servers are known to get it wrong:
/// special tokens, pooling, prompts, lengths.
public record ServingFaults(TextEmbedder model, Prompts prompts) implements FaultyVectors {
  /// Where servers cut texts by default, or for how they are started.
  private static final List<Integer> LIMITS =
      List.of(16, 32, 64, 100, 128, 200, 256, 384, 500, 510, 511, 512, 1000, 1024, 2048, 4096);

  @Override
  public List<Faulty> of(ParityCase asked) {
    int[] whole = tokenizer().encode(asked.sent(), Integer.MAX_VALUE);
    int[] ids = tokenizer().encode(asked.sent(), model.maxTokens());
    var found = new ArrayList<Faulty>();
    addSpecialTokens(found, ids);
    addPoolings(found, ids);
    addPrompts(found, asked);
    addCuts(found, whole);
    return found;
  }

  private Tokenizer tokenizer() {
    return model.tokenizer();
  }

  private void addSpecialTokens(List<Faulty> found, int[] ids) {
    var missing =
        new Fault(
            "end-token-missing",
            "the end token is missing",
            "let the post-processor of the served tokenizer.json append it (in GGUF files"
                + " tokenizer.ggml.add_eos_token)");
    var twice =
        new Fault(
            "end-token-twice",
            "the end token stands twice",
            "the server appends one to the tokenizer's; switch one of them off");
    add(found, missing, withoutEnd(ids), model.pooling());
    int[] doubled = Arrays.copyOf(ids, ids.length + 1);
    doubled[ids.length] = tokenizer().eosId();
    add(found, twice, doubled, model.pooling());
    if (tokenizer().specialTokens().bos().isPresent()) {
      var begin =
          new Fault(
              "begin-token-missing",
              "the begin token is missing",
              "let the post-processor of the served tokenizer.json put it first (in GGUF files"
                  + " tokenizer.ggml.add_bos_token)");
      add(found, begin, Arrays.copyOfRange(ids, 1, ids.length), model.pooling());
    }
  }

  /// Another mode, also without the end token, as engines that know neither have it.
  private void addPoolings(List<Faulty> found, int[] ids) {
    TextPooling own = model.pooling();
    if (own.dependsOnPrompt()) {
      var counted =
          new Fault(
              "prompt-pooled",
              "the prompt's tokens are pooled, which the model leaves out",
              "use a server that knows \"include_prompt\": false");
      add(found, counted, ids, new TextPooling(own.modes(), true));
    }
    if (own.modes().size() > 1) {
      return;
    }
    for (Pooling mode : Pooling.values()) {
      if (mode != own.modes().getFirst()) {
        String cause = "the server pools by %s, the model by %s".formatted(mode.words(), own);
        String mend = "set the server's pooling to " + own;
        add(found, new Fault("pooling", cause, mend), ids, TextPooling.of(mode));
        add(
            found,
            new Fault("pooling-and-end-token", cause + "; and the end token is missing", mend),
            withoutEnd(ids),
            TextPooling.of(mode));
      }
    }
  }

  private void addPrompts(List<Faulty> found, ParityCase asked) {
    String mend = "send bare texts, or switch the server's default prompt off";
    for (String prompt : new LinkedHashSet<>(prompts.texts().values())) {
      if (!prompt.isEmpty() && !prompt.equals(asked.prompt())) {
        String cause =
            "the server puts its own prompt \"%s\" before the text".formatted(shown(prompt));
        add(found, new Fault("prompt-added", cause, mend), prompt + asked.sent());
      }
    }
    if (!asked.prompt().isEmpty()) {
      String cause = "the prompt stands before the text twice";
      add(found, new Fault("prompt-twice", cause, mend), asked.prompt() + asked.sent());
      var missing =
          new Fault(
              "prompt-missing",
              "the prompt is not before the text",
              "send texts with their prompt, and let the server leave it there");
      add(found, missing, asked.text());
    }
  }

  private static String shown(String prompt) {
    return prompt.replace("\n", "\\n");
  }

  private void addCuts(List<Faulty> found, int[] whole) {
    int own = model.maxTokens();
    for (int limit : LIMITS) {
      if (limit < Math.min(own, whole.length)) {
        String cause = "texts are cut at %d tokens, the model's at %d".formatted(limit, own);
        String mend = "raise the server's limit to %d tokens".formatted(own);
        add(found, new Fault("cut-early", cause, mend), cut(whole, limit), model.pooling());
        add(
            found,
            new Fault("cut-early", cause + ", and lose their end token", mend),
            Arrays.copyOf(whole, limit),
            model.pooling());
      }
    }
    if (own < whole.length) {
      var lost =
          new Fault(
              "cut-end-token",
              "a text that is cut loses its end token",
              "cut texts to %d tokens before they are sent".formatted(own - 1));
      var late =
          new Fault(
              "cut-late",
              "texts are not cut at %d tokens, as the model's are".formatted(own),
              "set the server's limit to %d tokens".formatted(own));
      add(found, lost, Arrays.copyOf(whole, own), model.pooling());
      add(found, late, whole, model.pooling());
    }
  }

  private int[] cut(int[] whole, int limit) {
    int[] ids = Arrays.copyOf(whole, limit);
    ids[limit - 1] = tokenizer().eosId();
    return ids;
  }

  private static int[] withoutEnd(int[] ids) {
    return Arrays.copyOf(ids, ids.length - 1);
  }

  private void add(List<Faulty> found, Fault fault, String sent) {
    add(found, fault, tokenizer().encode(sent, model.maxTokens()), model.pooling());
  }

  /// An empty text without its end token has no state to pool.
  private void add(List<Faulty> found, Fault fault, int[] ids, TextPooling pooling) {
    if (ids.length > 0) {
      found.add(new Faulty(fault, Vectors.list(model.embedIds(ids, pooling))));
    }
  }
}
