package io.alidade.eval.api;

import io.alidade.core.AlidadeException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// Vectors in JSON: lists of numbers, or little-endian float32 in base64.
final class VectorJson {
  private VectorJson() {}

  /// An answer that holds something else than vectors. The message is the end of a sentence.
  static final class NotVectors extends AlidadeException {
    private static final long serialVersionUID = 1L;

    NotVectors(String message) {
      super(message);
    }
  }

  /// A vector as numbers or as base64.
  static float[] vector(JsonNode node) {
    if (node.isString()) {
      return base64(node.stringValue());
    }
    if (!node.isArray() || node.isEmpty()) {
      throw new NotVectors("a vector is a list of numbers or base64, not " + brief(node));
    }
    float[] vector = new float[node.size()];
    for (int i = 0; i < vector.length; i++) {
      if (!node.path(i).isNumber()) {
        throw new NotVectors("a vector holds " + brief(node.path(i)));
      }
      vector[i] = (float) node.path(i).doubleValue();
    }
    return vector;
  }

  private static float[] base64(String text) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException _) {
      throw new NotVectors("a vector is a text that is not base64");
    }
    if (bytes.length == 0 || bytes.length % Float.BYTES != 0) {
      throw new NotVectors("a vector in base64 has %d bytes".formatted(bytes.length));
    }
    float[] vector = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(vector);
    return vector;
  }

  /// The vectors of a list.
  static List<float[]> list(JsonNode list, String key) {
    if (!list.isArray()) {
      throw new NotVectors("there is no list \"%s\"".formatted(key));
    }
    return list.valueStream().map(VectorJson::vector).toList();
  }

  /// The vectors of a list of objects, in the order of their `index`.
  ///
  /// @param vector takes one out of its object
  static List<float[]> indexed(JsonNode list, String key, Function<JsonNode, float[]> vector) {
    if (!list.isArray()) {
      throw new NotVectors("there is no list \"%s\"".formatted(key));
    }
    var vectors = new ArrayList<float[]>();
    list.forEach(_ -> vectors.add(new float[0]));
    for (int place = 0; place < vectors.size(); place++) {
      int index = list.path(place).path("index").asInt(place);
      if (index < 0 || index >= vectors.size() || vectors.get(index).length > 0) {
        throw new NotVectors("\"index\" is %d, twice or beyond the list".formatted(index));
      }
      vectors.set(index, vector.apply(list.path(place)));
    }
    return vectors;
  }

  static String brief(JsonNode node) {
    String text = node.isMissingNode() ? "nothing" : node.toString();
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
