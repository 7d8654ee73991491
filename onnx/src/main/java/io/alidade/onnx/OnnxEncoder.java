package io.alidade.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.alidade.core.AlidadeException;
import io.alidade.model.head.Pooling;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/// An ONNX graph from token ids to vectors of length 1.
///
/// If the graph gives `sentence_embedding`, that is the vector; else `last_hidden_state` or
/// `token_embeddings` is pooled.
final class OnnxEncoder implements AutoCloseable {
  private static final String IDS = "input_ids";
  private static final String MASK = "attention_mask";
  private static final String TYPES = "token_type_ids";
  private static final String SENTENCE = "sentence_embedding";
  private static final List<String> OUTPUTS =
      List.of(SENTENCE, "last_hidden_state", "token_embeddings");

  /// How a graph is used.
  ///
  /// @param paddingId fills up the shorter texts of a batch
  /// @param pooling of states, if the graph gives no vectors
  /// @param layered whether linear layers follow pooling, which only the graph can hold
  /// @param truncated how many dimensions are kept, if not all
  record Use(int paddingId, Pooling pooling, boolean layered, OptionalInt truncated) {}

  private final String name;
  private final Use use;
  private final OrtEnvironment environment = OnnxRuntime.environment();
  private final OrtSession session;
  private final String output;

  /// What [OrtEnvironment] makes a session of: a path or bytes.
  @FunctionalInterface
  interface Opening {
    OrtSession open(OrtEnvironment environment) throws OrtException;
  }

  OnnxEncoder(String name, Use use, Opening model) {
    this.name = name;
    this.use = use;
    try {
      this.session = model.open(environment);
    } catch (OrtException e) {
      throw new AlidadeException(name + " cannot be run by ONNX Runtime: " + e.getMessage(), e);
    }
    try {
      requireInputs();
      this.output = output(session.getOutputNames());
    } catch (AlidadeException e) {
      close();
      throw e;
    }
  }

  private void requireInputs() {
    for (String input : session.getInputNames()) {
      if (!List.of(IDS, MASK, TYPES).contains(input)) {
        throw new AlidadeException(
            "%s wants the input %s; known are %s, %s and %s"
                .formatted(name, input, IDS, MASK, TYPES));
      }
    }
  }

  private String output(Set<String> found) {
    String chosen =
        OUTPUTS.stream()
            .filter(found::contains)
            .findFirst()
            .orElseThrow(
                () ->
                    new AlidadeException(
                        "%s gives %s; one of %s is needed".formatted(name, found, OUTPUTS)));
    if (use.layered() && !chosen.equals(SENTENCE)) {
      throw new AlidadeException(
          "%s gives %s only, but linear layers follow; export it with %s"
              .formatted(name, chosen, SENTENCE));
    }
    return chosen;
  }

  /// The vectors of texts given as token ids, in their order.
  float[][] vectors(List<long[]> texts) {
    Map<String, OnnxTensor> feed = new HashMap<>();
    try {
      feed(texts, feed);
      try (OrtSession.Result result = session.run(feed, Set.of(output))) {
        Object value = result.get(0).getValue();
        float[][] vectors = new float[texts.size()][];
        for (int i = 0; i < vectors.length; i++) {
          vectors[i] =
              value instanceof float[][][] states
                  ? finished(StatePooling.pool(use.pooling(), states[i], texts.get(i).length))
                  : finished(((float[][]) value)[i]);
        }
        return vectors;
      }
    } catch (OrtException e) {
      throw new AlidadeException(name + " failed in ONNX Runtime: " + e.getMessage(), e);
    } finally {
      feed.values().forEach(OnnxTensor::close);
    }
  }

  private void feed(List<long[]> texts, Map<String, OnnxTensor> feed) throws OrtException {
    int tokens = texts.stream().mapToInt(text -> text.length).max().orElse(0);
    long[][] ids = new long[texts.size()][];
    long[][] mask = new long[texts.size()][tokens];
    for (int i = 0; i < ids.length; i++) {
      int length = texts.get(i).length;
      ids[i] = Arrays.copyOf(texts.get(i), tokens);
      Arrays.fill(ids[i], length, tokens, use.paddingId());
      Arrays.fill(mask[i], 0, length, 1);
    }
    for (String input : session.getInputNames()) {
      long[][] values =
          switch (input) {
            case IDS -> ids;
            case MASK -> mask;
            default -> new long[ids.length][tokens];
          };
      feed.put(input, OnnxTensor.createTensor(environment, values));
    }
  }

  /// Cut to the dimensions that are kept, and of length 1.
  private float[] finished(float[] vector) {
    int kept = Math.min(vector.length, use.truncated().orElse(vector.length));
    double squares = 0;
    for (int i = 0; i < kept; i++) {
      squares += (double) vector[i] * vector[i];
    }
    double length = Math.sqrt(squares);
    float[] result = new float[kept];
    for (int i = 0; i < kept; i++) {
      result[i] = (float) (vector[i] / length);
    }
    return result;
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new AlidadeException(name + " could not be closed: " + e.getMessage(), e);
    }
  }
}
