package io.alidade.eval.api;

import io.alidade.core.Embedder;
import io.alidade.core.PromptTemplate;
import io.alidade.core.TextInput;
import io.alidade.eval.Parallel;
import java.util.List;

/// An embedding server as an embedder. What stands before texts is put there on this side, since
/// servers take texts as they are; vectors are brought to length 1, which some servers leave out.
///
/// A batch goes out in requests of a few texts, some of them at a time.
public final class ServerEmbedder implements Embedder {
  /// What text-embeddings-inference takes in one request unless told otherwise.
  private static final int TEXTS_A_REQUEST = 32;

  private static final int REQUESTS_AT_ONCE = 4;

  private final EmbeddingClient client;
  private final PromptTemplate template;
  private final String name;
  private final int dimensions;

  private ServerEmbedder(
      EmbeddingClient client, PromptTemplate template, String name, int dimensions) {
    this.client = client;
    this.template = template;
    this.name = name;
    this.dimensions = dimensions;
  }

  /// Asks the server for one vector, to know how long they are. The endpoint is closed with it.
  ///
  /// @param name for people and provenance
  /// @throws ServerException if the server does not answer as expected
  public static ServerEmbedder open(EmbeddingClient client, PromptTemplate template, String name) {
    int dimensions = client.embed(List.of("dimensions"))[0].length;
    return new ServerEmbedder(client, template, name, dimensions);
  }

  @Override
  public String name() {
    return name;
  }

  /// Everything that can be known here of what vectors depend on.
  public String identity() {
    return "%s %s %s".formatted(client.endpoint(), client.protocol(), template);
  }

  @Override
  public int dimensions() {
    return dimensions;
  }

  @Override
  public float[][] embed(List<TextInput> inputs) {
    float[][] vectors = new float[inputs.size()][];
    int requests = Math.ceilDiv(inputs.size(), TEXTS_A_REQUEST);
    Parallel.forEach(
        requests,
        REQUESTS_AT_ONCE,
        request -> {
          int from = request * TEXTS_A_REQUEST;
          int to = Math.min(from + TEXTS_A_REQUEST, inputs.size());
          float[][] some =
              client.embed(inputs.subList(from, to).stream().map(template::render).toList());
          for (int i = 0; i < some.length; i++) {
            vectors[from + i] = unit(some[i]);
          }
        });
    return vectors;
  }

  private float[] unit(float[] vector) {
    if (vector.length != dimensions) {
      throw new ServerException(
          200,
          "%s gives vectors of %d and of %d dimensions; is it the same model all the time?"
              .formatted(client.endpoint(), dimensions, vector.length));
    }
    double square = 0;
    for (float value : vector) {
      square += (double) value * value;
    }
    if (square == 0) {
      throw new ServerException(200, client.endpoint() + " gives a vector of zeros");
    }
    float[] unit = new float[dimensions];
    for (int i = 0; i < dimensions; i++) {
      unit[i] = (float) (vector[i] / Math.sqrt(square));
    }
    return unit;
  }

  @Override
  public void close() {
    client.endpoint().close();
  }
}
