package io.alidade.model.weights;

import io.alidade.core.DataException;
import io.alidade.core.ParserMessage;
import io.alidade.core.Sha256;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Weights in the safetensors format: one file, or the shards that a `*.safetensors.index.json`
/// lists.
///
/// Names are those of the model without a head: what `LlamaForCausalLM` or `BertForMaskedLM` put
/// before them is taken off, and the `gamma` and `beta` of BERT's first files are `weight` and
/// `bias`.
public final class SafetensorsFile implements WeightSource {
  private static final List<String> PREFIXES = List.of("model.", "bert.", "roberta.");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final Map<String, DType> TYPES =
      Map.of(
          "F32", DType.FLOAT32,
          "F64", DType.FLOAT64,
          "F16", DType.FLOAT16,
          "BF16", DType.BFLOAT16);

  private record Stored(MappedFile file, SafetensorsHeader.Entry entry, MemorySegment bytes) {}

  private final Path path;
  private final List<MappedFile> files;
  private final Map<String, Stored> tensors = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  private SafetensorsFile(Path path) {
    this.path = path;
    this.files = new ArrayList<>();
  }

  /// Opens a `.safetensors` file, or the shards of a `.safetensors.index.json`.
  public static SafetensorsFile open(Path path) {
    var source = new SafetensorsFile(path);
    try {
      if (path.toString().endsWith(".json")) {
        source.addShards();
      } else {
        source.add(path);
      }
      return source;
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
  }

  /// Opens `model.safetensors` of a folder, or else its shards.
  public static SafetensorsFile openFolder(Path folder) {
    Path single = folder.resolve("model.safetensors");
    Path index = folder.resolve("model.safetensors.index.json");
    if (Files.exists(index) && !Files.exists(single)) {
      return open(index);
    }
    PickledWeights.refuseInPlaceOf(
        single,
        List.of("pytorch_model.bin", "pytorch_model.bin.index.json"),
        "transformers' AutoModel.from_pretrained(FOLDER).save_pretrained(FOLDER)");
    return open(single);
  }

  private void add(Path shard) {
    MappedFile file = MappedFile.open(shard);
    files.add(file);
    var header = SafetensorsHeader.read(file);
    metadata.putAll(header.metadata());
    header
        .entries()
        .forEach(
            (name, entry) -> {
              var bytes =
                  file.bytes()
                      .asSlice(header.dataStart() + entry.start(), entry.end() - entry.start());
              String bare = bareName(name);
              Stored other = tensors.put(bare, new Stored(file, entry, bytes));
              if (other != null) {
                throw new DataException(
                    shard,
                    "tensor \"%s\" is there already in %s; remove one of the two"
                        .formatted(bare, other.file().path().getFileName()));
              }
            });
  }

  /// A name without what models with a head put before it.
  public static String bareName(String name) {
    String bare =
        PREFIXES.stream()
            .filter(name::startsWith)
            .findFirst()
            .map(prefix -> name.substring(prefix.length()))
            .orElse(name);
    return bare.replaceFirst("LayerNorm\\.gamma$", "LayerNorm.weight")
        .replaceFirst("LayerNorm\\.beta$", "LayerNorm.bias");
  }

  private void addShards() {
    JsonNode map = readIndex().path("weight_map");
    if (!map.isObject() || map.isEmpty()) {
      throw new DataException(path, "has no weight_map from tensor names to files");
    }
    var shards = new TreeSet<String>();
    for (var property : map.properties()) {
      String shard = property.getValue().asString("");
      // The index may come from anywhere; it must not reach outside its own folder.
      if (shard.isEmpty() || shard.contains("/") || shard.contains("\\") || shard.equals("..")) {
        throw new DataException(
            path, "names the shard \"%s\", which is no file name".formatted(shard));
      }
      shards.add(shard);
    }
    shards.forEach(shard -> add(path.resolveSibling(shard)));
    map.properties().forEach(listed -> requireThere(listed.getKey(), listed.getValue().asString()));
  }

  private void requireThere(String name, String shard) {
    Stored stored = tensors.get(bareName(name));
    if (stored == null || !stored.file().path().endsWith(shard)) {
      throw new DataException(
          path,
          "lists tensor \"%s\" in %s, which does not have it; fetch index and shards anew"
              .formatted(name, shard));
    }
  }

  private JsonNode readIndex() {
    if (!Files.isRegularFile(path)) {
      throw new DataException(path, "no such file");
    }
    try {
      return JSON.readTree(path.toFile());
    } catch (JacksonException e) {
      throw new DataException(path, "not JSON: " + ParserMessage.of(e), e);
    }
  }

  @Override
  public List<String> names() {
    return List.copyOf(tensors.keySet());
  }

  /// The strings that the file carries beside its tensors, such as `{"format": "pt"}`.
  public Map<String, String> metadata() {
    return Map.copyOf(metadata);
  }

  @Override
  public long[] shape(String name) {
    return stored(name).entry().shape().stream().mapToLong(Long::longValue).toArray();
  }

  @Override
  public Tensor tensor(String name, DType dtype) {
    Stored stored = stored(name);
    DType type = type(name, stored);
    try (var scope = TensorScope.open()) {
      Tensor mapped = Tensor.over(stored.bytes(), type, shape(name));
      return scope.keep(type == dtype ? mapped.copy() : mapped.to(dtype));
    }
  }

  @Override
  public Tensor rows(String name, long start, long count, DType dtype) {
    Stored stored = stored(name);
    DType type = type(name, stored);
    long columns = Tensor.elements(shape(name)) / Math.max(1, shape(name)[0]);
    long rowBytes = columns * type.bytes();
    MemorySegment bytes = stored.bytes().asSlice(start * rowBytes, count * rowBytes);
    try (var scope = TensorScope.open()) {
      Tensor mapped = Tensor.over(bytes, type, count, columns);
      // A header of any length may stand before the values; products want whole addresses.
      boolean aligned = bytes.address() % type.bytes() == 0;
      return scope.keep(type == dtype && !aligned ? mapped.copy() : mapped.to(dtype));
    }
  }

  private static DType type(String name, Stored stored) {
    DType type = TYPES.get(stored.entry().dtype());
    if (type == null) {
      throw new DataException(
          stored.file().path(),
          "tensor \"%s\" has type %s; F32, F16, BF16 and F64 can be read"
              .formatted(name, stored.entry().dtype()));
    }
    return type;
  }

  private Stored stored(String name) {
    Stored stored = tensors.get(name);
    if (stored == null) {
      throw new DataException(path, "has no tensor \"%s\"".formatted(name));
    }
    return stored;
  }

  @Override
  public String sha256() {
    if (files.size() == 1) {
      return files.getFirst().sha256();
    }
    return Sha256.ofText(
        files.parallelStream()
            .map(file -> file.sha256() + "  " + file.path().getFileName() + "\n")
            .collect(Collectors.joining()));
  }

  @Override
  public void close() {
    files.forEach(MappedFile::close);
  }
}
