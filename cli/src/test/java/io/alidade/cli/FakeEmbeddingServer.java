package io.alidade.cli;

import io.alidade.eval.api.ServerKind;
import io.alidade.testkit.http.LoopbackServer.Request;
import io.alidade.testkit.http.LoopbackServer.Response;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/// A server of one kind, whatever gives it its vectors.
record FakeEmbeddingServer(ServerKind kind, Function<List<String>, float[][]> model)
    implements Function<Request, Response> {
  private static final JsonMapper JSON = JsonMapper.shared();

  @Override
  public Response apply(Request request) {
    String about =
        switch (kind) {
          case TEI -> "/info {\"max_input_length\": 64}";
          case OLLAMA -> "/api/tags {\"models\": [{\"name\": \"tiny\"}]}";
          case LLAMACPP -> "/props {\"default_generation_settings\": {}}";
          case OPENAI -> "/v1/models {\"data\": [{\"id\": \"tiny\"}]}";
        };
    int space = about.indexOf(' ');
    if (request.path().equals(about.substring(0, space))) {
      return Response.ok(about.substring(space));
    }
    return request.method().equals("POST") && request.path().equals(path())
        ? Response.ok(answer(JSON.readTree(request.body())).toString())
        : new Response(404, "{\"error\": \"no such path\"}");
  }

  private String path() {
    return switch (kind) {
      case TEI -> "/embed";
      case OLLAMA -> "/api/embed";
      case LLAMACPP -> "/embeddings";
      case OPENAI -> "/v1/embeddings";
    };
  }

  private JsonNode answer(JsonNode request) {
    JsonNode texts = request.path(kind == ServerKind.TEI ? "inputs" : "input");
    float[][] vectors = model.apply(texts.valueStream().map(JsonNode::asString).toList());
    return switch (kind) {
      case TEI -> list(vectors);
      case OLLAMA -> JSON.createObjectNode().set("embeddings", list(vectors));
      case LLAMACPP -> {
        ArrayNode list = JSON.createArrayNode();
        for (float[] vector : vectors) {
          list.addObject().put("index", list.size() - 1).putArray("embedding").add(list(vector));
        }
        yield list;
      }
      case OPENAI -> openAi(vectors, request.path("encoding_format").asString().equals("base64"));
    };
  }

  private static JsonNode openAi(float[][] vectors, boolean base64) {
    ArrayNode data = JSON.createArrayNode();
    for (float[] vector : vectors) {
      JsonNode written = base64 ? JSON.getNodeFactory().stringNode(bytes(vector)) : list(vector);
      data.addObject().put("index", data.size() - 1).set("embedding", written);
    }
    return JSON.createObjectNode().set("data", data);
  }

  private static String bytes(float[] vector) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * vector.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private static ArrayNode list(float[][] vectors) {
    ArrayNode list = JSON.createArrayNode();
    for (float[] vector : vectors) {
      list.add(list(vector));
    }
    return list;
  }

  private static ArrayNode list(float[] vector) {
    ArrayNode list = JSON.createArrayNode();
    for (float value : vector) {
      list.add(value);
    }
    return list;
  }
}
