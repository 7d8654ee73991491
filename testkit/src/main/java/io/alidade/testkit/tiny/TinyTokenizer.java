package io.alidade.testkit.tiny;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// A byte-level BPE vocabulary small enough to read: three control tokens, printable ASCII with `Ġ`
/// for the space and `Ċ` for the line feed, and a few merges.
public final class TinyTokenizer {
  public static final int EOS = 2;

  private static final List<String> MERGES = List.of("t h", "th e", "Ġ the", "1 2", "a b");

  private TinyTokenizer() {}

  /// Adds the tokenizer's metadata to a GGUF file.
  public static GgufBuilder addTo(GgufBuilder file, String pre) {
    var tokens = new ArrayList<>(List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>"));
    for (char c = '!'; c <= '~'; c++) {
      tokens.add(String.valueOf(c));
    }
    tokens.addAll(List.of("Ġ", "Ċ"));
    MERGES.forEach(merge -> tokens.add(merge.replace(" ", "")));
    var types = new ArrayList<>(Collections.nCopies(tokens.size(), 1));
    Collections.fill(types.subList(0, 3), 3);
    return file.text("tokenizer.ggml.model", "gpt2")
        .text("tokenizer.ggml.pre", pre)
        .texts("tokenizer.ggml.tokens", tokens)
        .integers("tokenizer.ggml.token_type", types)
        .texts("tokenizer.ggml.merges", MERGES)
        .integer("tokenizer.ggml.bos_token_id", 1)
        .integer("tokenizer.ggml.eos_token_id", EOS)
        .flag("tokenizer.ggml.add_bos_token", false);
  }
}
