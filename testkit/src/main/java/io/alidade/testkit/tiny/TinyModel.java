package io.alidade.testkit.tiny;

import java.util.SplittableRandom;

/// A Llama model of one layer and two heads as a GGUF file, with the tokens of [TinyTokenizer].
public final class TinyModel {
  private static final int HIDDEN = 8;
  private static final int INTERMEDIATE = 16;
  private static final int VOCABULARY = 104;

  private TinyModel() {}

  public static byte[] gguf(long seed) {
    var random = new SplittableRandom(seed);
    GgufBuilder file =
        TinyTokenizer.addTo(new GgufBuilder(), "smollm")
            .text("general.architecture", "llama")
            .integer("llama.block_count", 1)
            .integer("llama.context_length", 64)
            .integer("llama.embedding_length", HIDDEN)
            .integer("llama.feed_forward_length", INTERMEDIATE)
            .integer("llama.attention.head_count", 2)
            .integer("llama.attention.head_count_kv", 1)
            .real("llama.rope.freq_base", 10_000)
            .real("llama.attention.layer_norm_rms_epsilon", 1e-5f);
    add(file, random, "token_embd.weight", VOCABULARY, HIDDEN);
    add(file, random, "output_norm.weight", HIDDEN);
    add(file, random, "blk.0.attn_norm.weight", HIDDEN);
    add(file, random, "blk.0.ffn_norm.weight", HIDDEN);
    add(file, random, "blk.0.attn_q.weight", HIDDEN, HIDDEN);
    add(file, random, "blk.0.attn_k.weight", HIDDEN / 2, HIDDEN);
    add(file, random, "blk.0.attn_v.weight", HIDDEN / 2, HIDDEN);
    add(file, random, "blk.0.attn_output.weight", HIDDEN, HIDDEN);
    add(file, random, "blk.0.ffn_gate.weight", INTERMEDIATE, HIDDEN);
    add(file, random, "blk.0.ffn_up.weight", INTERMEDIATE, HIDDEN);
    add(file, random, "blk.0.ffn_down.weight", HIDDEN, INTERMEDIATE);
    return file.bytes();
  }

  private static void add(GgufBuilder file, SplittableRandom random, String name, long... shape) {
    int elements = 1;
    for (long size : shape) {
      elements *= (int) size;
    }
    var values = new float[elements];
    for (int i = 0; i < elements; i++) {
      values[i] = (float) random.nextGaussian();
    }
    file.tensor(name, shape, values);
  }
}
