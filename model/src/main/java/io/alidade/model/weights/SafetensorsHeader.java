package io.alidade.model.weights;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.alidade.core.DataException;
import io.alidade.core.ParserMessage;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The header of a safetensors file: its length as a little-endian 64-bit number, then JSON that
/// maps each name to `{"dtype", "shape", "data_offsets": [start, end]}`; offsets count from the end
/// of the header. The tensors must fill the rest of the file without a gap or an overlap.
///
/// @param dataStart the offset in the file that `Entry.start` counts from
/// @param metadata the strings under `__metadata__`
record SafetensorsHeader(long dataStart, Map<String, Entry> entries, Map<String, String> metadata) {
  static final String METADATA = "__metadata__";
  private static final int LENGTH_BYTES = Long.BYTES;

  /// The limit of the reference implementation.
  private static final long MAX_LENGTH = 100_000_000;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /// Bytes of an element of each type of the format.
  private static final Map<String, Integer> ELEMENT_BYTES =
      Map.ofEntries(
          Map.entry("F64", 8),
          Map.entry("I64", 8),
          Map.entry("U64", 8),
          Map.entry("F32", 4),
          Map.entry("I32", 4),
          Map.entry("U32", 4),
          Map.entry("F16", 2),
          Map.entry("BF16", 2),
          Map.entry("I16", 2),
          Map.entry("U16", 2),
          Map.entry("F8_E4M3", 1),
          Map.entry("F8_E5M2", 1),
          Map.entry("I8", 1),
          Map.entry("U8", 1),
          Map.entry("BOOL", 1));

  /// One tensor: bytes `start…end` of the data.
  record Entry(String dtype, List<Long> shape, long start, long end) {}

  SafetensorsHeader {
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    metadata = Map.copyOf(metadata);
  }

  static SafetensorsHeader read(MappedFile file) {
    if (file.size() < LENGTH_BYTES) {
      throw new DataException(
          file.path(), "not a safetensors file: it has " + file.size() + " bytes");
    }
    long length = file.bytes().get(MappedFile.LONG, 0);
    if (length < 2 || length > MAX_LENGTH) {
      throw new DataException(
          file.path(), "not a safetensors file: its header would have %d bytes".formatted(length));
    }
    if (length > file.size() - LENGTH_BYTES) {
      throw new DataException(
          file.path(),
          "truncated: the header has %d bytes, the whole file %d".formatted(length, file.size()));
    }
    byte[] json = file.bytes().asSlice(LENGTH_BYTES, length).toArray(ValueLayout.JAVA_BYTE);
    try {
      var header = parse(file, LENGTH_BYTES + length, JSON.readTree(new String(json, UTF_8)));
      header.checkCoverage(file);
      return header;
    } catch (JacksonException e) {
      throw new DataException(file.path(), "corrupt safetensors header: " + ParserMessage.of(e), e);
    }
  }

  private static SafetensorsHeader parse(MappedFile file, long dataStart, JsonNode json) {
    if (!json.isObject()) {
      throw new DataException(file.path(), "corrupt safetensors header: no JSON object");
    }
    var entries = new LinkedHashMap<String, Entry>();
    var metadata = new LinkedHashMap<String, String>();
    for (var property : json.properties()) {
      if (property.getKey().equals(METADATA)) {
        property
            .getValue()
            .properties()
            .forEach(p -> metadata.put(p.getKey(), p.getValue().asString()));
      } else {
        entries.put(property.getKey(), entry(file, property.getKey(), property.getValue()));
      }
    }
    return new SafetensorsHeader(dataStart, entries, metadata);
  }

  private static Entry entry(MappedFile file, String name, JsonNode json) {
    JsonNode offsets = json.path("data_offsets");
    if (!json.path("dtype").isString()
        || !json.path("shape").isArray()
        || !offsets.isArray()
        || offsets.size() != 2) {
      throw corrupt(file, name, "needs dtype, shape and two data_offsets");
    }
    var shape = new ArrayList<Long>();
    for (JsonNode size : json.path("shape")) {
      shape.add(count(file, name, size));
    }
    var entry =
        new Entry(
            json.path("dtype").stringValue(),
            List.copyOf(shape),
            count(file, name, offsets.get(0)),
            count(file, name, offsets.get(1)));
    checkSize(file, name, entry);
    return entry;
  }

  private static long count(MappedFile file, String name, JsonNode json) {
    if (!json.isIntegralNumber() || !json.canConvertToLong() || json.longValue() < 0) {
      throw corrupt(file, name, "has %s where a size or offset belongs".formatted(json));
    }
    return json.longValue();
  }

  private static void checkSize(MappedFile file, String name, Entry entry) {
    long elements = 1;
    try {
      for (long size : entry.shape()) {
        elements = Math.multiplyExact(elements, size);
      }
      Integer bytes = ELEMENT_BYTES.get(entry.dtype());
      if (bytes != null && Math.multiplyExact(elements, bytes) != entry.end() - entry.start()) {
        throw corrupt(
            file,
            name,
            "of type %s and shape %s cannot have %d bytes"
                .formatted(entry.dtype(), entry.shape(), entry.end() - entry.start()));
      }
    } catch (ArithmeticException e) {
      throw corrupt(file, name, "has the impossible shape " + entry.shape());
    }
    if (entry.end() < entry.start()) {
      throw corrupt(file, name, "ends before it starts");
    }
  }

  private void checkCoverage(MappedFile file) {
    long position = 0;
    var sorted = new ArrayList<>(entries.entrySet());
    sorted.sort(
        Comparator.comparingLong((Map.Entry<String, Entry> e) -> e.getValue().start())
            .thenComparingLong(e -> e.getValue().end()));
    for (var entry : sorted) {
      if (entry.getValue().start() != position) {
        throw corrupt(file, entry.getKey(), "does not start where the one before it ends");
      }
      position = entry.getValue().end();
    }
    long found = file.size() - dataStart;
    if (found != position) {
      throw new DataException(
          file.path(),
          found < position
              ? "truncated: %d bytes of tensors, the header asks for %d".formatted(found, position)
              : "corrupt: %d bytes after the last tensor".formatted(found - position));
    }
  }

  private static DataException corrupt(MappedFile file, String name, String problem) {
    return new DataException(
        file.path(), "corrupt safetensors header: tensor \"%s\" %s".formatted(name, problem));
  }
}
