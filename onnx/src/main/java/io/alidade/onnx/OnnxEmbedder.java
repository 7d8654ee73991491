package io.alidade.onnx;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.alidade.core.AlidadeException;
import io.alidade.core.Embedder;
import io.alidade.core.PromptTemplate;
import io.alidade.core.TextInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// A BERT-like encoder as ONNX: mean pooling over all tokens, normalised.
public final class OnnxEmbedder implements Embedder {
  /// The hash of the weights that [#e5SmallV2] runs.
  public static final String E5_SMALL_V2_SHA256 =
      "b2a43b66f7f9b6f29643a21340ad7c03d2d91e6bd5d43429a77799a9ee880eb0";

  private static final int BATCH = 32;
  private static final int MAX_TOKENS = 512;

  /// What E5's encoders want before queries and documents; they know no instructions.
  public static final PromptTemplate E5_PREFIXES = new PromptTemplate("query: {text}", "passage: ");

  private final String name;
  private final PromptTemplate template;
  private final HuggingFaceTokenizer tokenizer;
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final int dimensions;

  OnnxEmbedder(
      String name,
      PromptTemplate template,
      InputStream model,
      InputStream tokenizer,
      int dimensions) {
    this.name = name;
    this.template = template;
    this.dimensions = dimensions;
    try {
      this.tokenizer =
          HuggingFaceTokenizer.newInstance(
              tokenizer,
              Map.of("truncation", "true", "padding", "true", "maxLength", "" + MAX_TOKENS));
      this.session = environment.createSession(model.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (OrtException e) {
      throw new AlidadeException(name + " cannot be run by ONNX Runtime: " + e.getMessage(), e);
    }
  }

  /// `intfloat/e5-small-v2` in fp32, which comes with Alidade's command line.
  public static OnnxEmbedder e5SmallV2() {
    try (InputStream model = resource("/e5-small-v2.onnx");
        InputStream tokenizer = resource("/e5-small-v2-tokenizer.json")) {
      return new OnnxEmbedder("intfloat/e5-small-v2", E5_PREFIXES, model, tokenizer, 384);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream resource(String path) {
    InputStream in = OnnxEmbedder.class.getResourceAsStream(path);
    if (in == null) {
      throw new AlidadeException(path + " is not on the class path");
    }
    return in;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int dimensions() {
    return dimensions;
  }

  @Override
  public synchronized float[][] embed(List<TextInput> inputs) {
    List<Integer> byLength =
        IntStream.range(0, inputs.size())
            .boxed()
            .sorted(Comparator.comparingInt((Integer i) -> inputs.get(i).text().length()))
            .toList();
    float[][] vectors = new float[inputs.size()][];
    for (int start = 0; start < byLength.size(); start += BATCH) {
      List<Integer> members = byLength.subList(start, Math.min(start + BATCH, byLength.size()));
      List<String> texts = members.stream().map(i -> template.render(inputs.get(i))).toList();
      float[][] rows = embedBatch(tokenizer.batchEncode(texts));
      for (int i = 0; i < rows.length; i++) {
        vectors[members.get(i)] = rows[i];
      }
    }
    return vectors;
  }

  private float[][] embedBatch(Encoding[] batch) {
    long[][] ids = new long[batch.length][];
    long[][] mask = new long[batch.length][];
    for (int i = 0; i < batch.length; i++) {
      ids[i] = batch[i].getIds();
      mask[i] = batch[i].getAttentionMask();
    }
    Map<String, OnnxTensor> feed = new HashMap<>();
    try {
      for (String input : session.getInputNames()) {
        feed.put(
            input,
            switch (input) {
              case "input_ids" -> OnnxTensor.createTensor(environment, ids);
              case "attention_mask" -> OnnxTensor.createTensor(environment, mask);
              case "token_type_ids" ->
                  OnnxTensor.createTensor(environment, new long[ids.length][ids[0].length]);
              default -> throw new AlidadeException(name + " wants the unknown input " + input);
            });
      }
      try (OrtSession.Result result = session.run(feed)) {
        float[][][] states = (float[][][]) result.get(0).getValue();
        List<float[]> pooled = new ArrayList<>();
        for (int i = 0; i < states.length; i++) {
          pooled.add(normalisedMean(states[i], mask[i]));
        }
        return pooled.toArray(float[][]::new);
      }
    } catch (OrtException e) {
      throw new AlidadeException(name + " failed in ONNX Runtime: " + e.getMessage(), e);
    } finally {
      feed.values().forEach(OnnxTensor::close);
    }
  }

  /// The mean of the real tokens' states, `[tokens, hidden]` → `[hidden]`, of length 1.
  private static float[] normalisedMean(float[][] states, long[] mask) {
    double[] sum = new double[states[0].length];
    for (int token = 0; token < states.length; token++) {
      for (int i = 0; i < sum.length && mask[token] == 1; i++) {
        sum[i] += states[token][i];
      }
    }
    double norm = 0;
    for (double value : sum) {
      norm += value * value;
    }
    norm = Math.sqrt(norm);
    float[] vector = new float[sum.length];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (sum[i] / norm);
    }
    return vector;
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new AlidadeException(name + " could not be closed: " + e.getMessage(), e);
    }
    tokenizer.close();
  }
}
