package io.alidade.model;

import io.alidade.core.Embedder;
import io.alidade.core.PromptTemplate;
import io.alidade.core.TextInput;
import io.alidade.model.head.TextPooling;
import io.alidade.model.head.VectorHead;
import io.alidade.model.tokenizer.Tokenizer;
import io.alidade.model.transformer.Transformer;
import io.alidade.tensor.ComputeThreads;
import io.alidade.tensor.TensorScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/// Embeds texts with a decoder or encoder in this process.
///
/// Texts are taken by length and packed without padding up to a budget of tokens; what they share
/// at their beginning is computed once a pack, and equal texts once a call. Calls from several
/// threads are served one after the other, since each uses all cores.
public final class TextEmbedder implements Embedder {
  private static final int PACK_TOKENS = 512;

  private final String name;
  private final Transformer transformer;
  private final Tokenizer tokenizer;
  private final PromptTemplate template;
  private final VectorHead head;
  private final int maxTokens;

  /// The embedder owns transformer, tokenizer and head from now on.
  ///
  /// @param maxTokens texts are cut to this many tokens, template and special tokens included, or
  ///   to as many as the model has positions for
  public TextEmbedder(
      String name,
      Transformer transformer,
      Tokenizer tokenizer,
      PromptTemplate template,
      VectorHead head,
      int maxTokens) {
    this.name = name;
    this.transformer = transformer;
    this.tokenizer = tokenizer;
    this.template = template;
    this.head = head;
    this.maxTokens = Math.min(maxTokens, transformer.config().tokenLimit().orElse(maxTokens));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int dimensions() {
    return head.dimensions(transformer.config().hidden());
  }

  public Transformer transformer() {
    return transformer;
  }

  public Tokenizer tokenizer() {
    return tokenizer;
  }

  public PromptTemplate template() {
    return template;
  }

  public int maxTokens() {
    return maxTokens;
  }

  /// Where its vectors are read.
  public TextPooling pooling() {
    return head.pooling();
  }

  /// The vector of token ids as they are, pooled in a way of the same width: what another program
  /// gives that prepares texts otherwise.
  public synchronized float[] embedIds(int[] ids, TextPooling pooling) {
    try (var _ = TensorScope.open()) {
      return head.withPooling(pooling).vectors(transformer, List.of(ids), new int[] {0}).toFloats();
    }
  }

  @Override
  public synchronized float[][] embed(List<TextInput> inputs) {
    List<Written> written = inputs.stream().map(this::write).toList();
    Map<Written, Integer> distinct = new LinkedHashMap<>();
    written.forEach(text -> distinct.putIfAbsent(text, distinct.size()));
    float[][] vectors = embedDistinct(List.copyOf(distinct.keySet()));
    float[][] result = new float[inputs.size()][];
    for (int i = 0; i < result.length; i++) {
      result[i] = vectors[distinct.getOrDefault(written.get(i), 0)].clone();
    }
    return result;
  }

  /// A text as it is tokenised.
  ///
  /// @param prompt what of it is prompt, where pooling asks; else empty
  private record Written(String text, String prompt) {}

  private Written write(TextInput input) {
    String prompt = head.pooling().dependsOnPrompt() ? template.prompt(input) : "";
    return new Written(template.render(input), prompt);
  }

  private float[][] embedDistinct(List<Written> texts) {
    List<int[]> sequences =
        tokenizer.encodeAll(texts.stream().map(Written::text).toList(), maxTokens);
    Map<String, Integer> promptTokens = new HashMap<>();
    texts.forEach(text -> promptTokens.computeIfAbsent(text.prompt(), this::promptTokens));
    int[] prompts =
        texts.stream().mapToInt(text -> promptTokens.getOrDefault(text.prompt(), 0)).toArray();
    return embedIds(sequences, prompts);
  }

  /// How many ids a prompt has at the beginning of a text: its own without the end token.
  private int promptTokens(String prompt) {
    return prompt.isEmpty() ? 0 : tokenizer.encode(prompt, maxTokens).length - 1;
  }

  /// The vectors of token ids that end in end-of-sequence, in order.
  private float[][] embedIds(List<int[]> sequences, int[] promptTokens) {
    float[][] vectors = new float[sequences.size()][];
    List<Callable<Boolean>> work = new ArrayList<>();
    for (List<Integer> pack : packs(sequences)) {
      work.add(() -> embedPack(pack, sequences, promptTokens, vectors));
    }
    ComputeThreads.run(work);
    return vectors;
  }

  /// Sequences of like length, up to the budget; the longest packs first, so that no thread is left
  /// with one at the end.
  private static List<List<Integer>> packs(List<int[]> sequences) {
    List<Integer> byLength =
        IntStream.range(0, sequences.size())
            .boxed()
            .sorted(Comparator.comparingInt((Integer i) -> sequences.get(i).length).reversed())
            .toList();
    int total = sequences.stream().mapToInt(sequence -> sequence.length).sum();
    int budget = Math.min(PACK_TOKENS, Math.ceilDiv(total, ComputeThreads.count()));
    var packs = new ArrayList<List<Integer>>();
    var open = new ArrayList<Integer>();
    int tokens = 0;
    for (int i : byLength) {
      if (!open.isEmpty() && tokens + sequences.get(i).length > budget) {
        packs.add(List.copyOf(open));
        open.clear();
        tokens = 0;
      }
      open.add(i);
      tokens += sequences.get(i).length;
    }
    if (!open.isEmpty()) {
      packs.add(open);
    }
    return packs;
  }

  private boolean embedPack(
      List<Integer> members, List<int[]> sequences, int[] promptTokens, float[][] vectors) {
    try (var _ = TensorScope.open()) {
      List<int[]> ids = members.stream().map(sequences::get).toList();
      int[] prompts = members.stream().mapToInt(i -> promptTokens[i]).toArray();
      float[] values = head.vectors(transformer, ids, prompts).toFloats();
      int width = dimensions();
      for (int i = 0; i < members.size(); i++) {
        vectors[members.get(i)] = Arrays.copyOfRange(values, i * width, (i + 1) * width);
      }
    }
    return true;
  }

  @Override
  public synchronized void close() {
    head.close();
    transformer.close();
    tokenizer.close();
  }
}
