package io.alidade.model.decoder;

import io.alidade.model.DecoderConfig;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.lora.LoraConfig;
import io.alidade.model.transformer.FusedMap;
import io.alidade.model.weights.WeightSource;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/// Decoders of a few thousand seeded weights, and texts for them.
final class TinyDecoders {
  static final DecoderConfig CONFIG =
      DecoderConfig.llama(3, 24, 4, 2, 8, 40, 97, 512, 10_000, 1e-5, true);

  private TinyDecoders() {}

  static Decoder seeded(long seed, DType dtype) {
    return Decoder.load(CONFIG, new SeededWeights(seed), dtype);
  }

  /// An adapter whose `B` is not zero, so that every gradient is.
  static LoraAdapter adapter(long seed, DType dtype, double dropout) {
    return adapter(new LoraConfig(3, 6, dropout), seed, dtype);
  }

  static LoraAdapter adapter(LoraConfig config, long seed, DType dtype) {
    LoraAdapter adapter = LoraAdapter.initial(config, LinearMaps.of(CONFIG), dtype, seed);
    Tensor noise = Tensor.normal(seed + 1, 0.1, dtype, adapter.parameters().size(0));
    adapter.parameters().add(noise);
    noise.close();
    return adapter;
  }

  /// Sequences of which several share a prefix, one is a single token and two are equal.
  static List<int[]> sequences(long seed) {
    var random = new SplittableRandom(seed);
    int[] prefix = random.ints(6, 3, CONFIG.vocabulary()).toArray();
    var sequences = new ArrayList<int[]>();
    for (int length : new int[] {3, 9, 1, 9, 5, 14}) {
      int[] own = random.ints(length, 3, CONFIG.vocabulary()).toArray();
      int[] whole = new int[prefix.length + length];
      System.arraycopy(prefix, 0, whole, 0, prefix.length);
      System.arraycopy(own, 0, whole, prefix.length, length);
      sequences.add(whole);
      sequences.add(random.ints(length, 3, CONFIG.vocabulary()).toArray());
    }
    sequences.add(sequences.get(2).clone());
    return sequences;
  }

  /// Normal noise by name and seed.
  record SeededWeights(long seed) implements WeightSource {
    @Override
    public List<String> names() {
      return List.copyOf(shapes().keySet());
    }

    @Override
    public long[] shape(String name) {
      return Objects.requireNonNull(shapes().get(name), name);
    }

    @Override
    public Tensor tensor(String name, DType dtype) {
      long[] shape = shape(name);
      Tensor noise = Tensor.normal(seed ^ name.hashCode(), 0.2, dtype, shape);
      return shape.length == 1 ? noise.add(1.0) : noise;
    }

    @Override
    public String sha256() {
      return "";
    }

    @Override
    public void close() {}

    private static LinkedHashMap<String, long[]> shapes() {
      var shapes = new LinkedHashMap<String, long[]>();
      shapes.put("embed_tokens.weight", new long[] {CONFIG.vocabulary(), CONFIG.hidden()});
      for (int i = 0; i < CONFIG.layers(); i++) {
        shapes.put("layers." + i + ".input_layernorm.weight", new long[] {CONFIG.hidden()});
        shapes.put(
            "layers." + i + ".post_attention_layernorm.weight", new long[] {CONFIG.hidden()});
      }
      for (FusedMap fused : LinearMaps.of(CONFIG)) {
        for (FusedMap.Part part : fused.parts()) {
          shapes.put(part.name() + ".weight", new long[] {part.outputs(), fused.inputs()});
        }
      }
      shapes.put("norm.weight", new long[] {CONFIG.hidden()});
      return shapes;
    }
  }
}
