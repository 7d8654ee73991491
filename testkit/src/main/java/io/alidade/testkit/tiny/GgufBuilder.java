package io.alidade.testkit.tiny;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes small GGUF files for tests. Metadata that are given again replace the earlier ones.
public final class GgufBuilder {
  private static final int ALIGNMENT = 32;

  private final Map<String, ByteArrayOutputStream> metadata = new LinkedHashMap<>();
  private final ByteArrayOutputStream descriptions = new ByteArrayOutputStream();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private int tensors;

  public GgufBuilder text(String key, String value) {
    write(entry(key, 8), value);
    return this;
  }

  public GgufBuilder integer(String key, int value) {
    entry(key, 4).writeBytes(little(4).putInt(value).array());
    return this;
  }

  public GgufBuilder real(String key, float value) {
    entry(key, 6).writeBytes(little(4).putFloat(value).array());
    return this;
  }

  public GgufBuilder flag(String key, boolean value) {
    entry(key, 7).write(value ? 1 : 0);
    return this;
  }

  public GgufBuilder texts(String key, List<String> values) {
    var entry = entry(key, 9);
    entry.writeBytes(little(12).putInt(8).putLong(values.size()).array());
    values.forEach(value -> write(entry, value));
    return this;
  }

  public GgufBuilder integers(String key, List<Integer> values) {
    var entry = entry(key, 9);
    entry.writeBytes(little(12).putInt(5).putLong(values.size()).array());
    values.forEach(value -> entry.writeBytes(little(4).putInt(value).array()));
    return this;
  }

  /// A tensor of any type number; the slowest dimension comes first.
  public GgufBuilder tensor(String name, int type, long[] shape, byte[] bytes) {
    tensors++;
    write(descriptions, name);
    descriptions.writeBytes(little(4).putInt(shape.length).array());
    for (int d = shape.length - 1; d >= 0; d--) {
      descriptions.writeBytes(little(8).putLong(shape[d]).array());
    }
    descriptions.writeBytes(little(12).putInt(type).putLong(data.size()).array());
    data.writeBytes(bytes);
    pad(data);
    return this;
  }

  /// A float32 tensor.
  public GgufBuilder tensor(String name, long[] shape, float[] values) {
    var bytes = new byte[values.length * Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    return tensor(name, 0, shape, bytes);
  }

  public void write(Path path) {
    try {
      Files.write(path, bytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public byte[] bytes() {
    var out = new ByteArrayOutputStream();
    out.writeBytes("GGUF".getBytes(UTF_8));
    out.writeBytes(little(20).putInt(3).putLong(tensors).putLong(metadata.size()).array());
    metadata.values().forEach(entry -> out.writeBytes(entry.toByteArray()));
    out.writeBytes(descriptions.toByteArray());
    pad(out);
    out.writeBytes(data.toByteArray());
    return out.toByteArray();
  }

  /// What a key and its value are written to, the type behind the key.
  private ByteArrayOutputStream entry(String key, int type) {
    var entry = new ByteArrayOutputStream();
    write(entry, key);
    entry.writeBytes(little(4).putInt(type).array());
    metadata.put(key, entry);
    return entry;
  }

  private static void write(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    out.writeBytes(little(8).putLong(bytes.length).array());
    out.writeBytes(bytes);
  }

  private static void pad(ByteArrayOutputStream out) {
    out.writeBytes(new byte[(ALIGNMENT - out.size() % ALIGNMENT) % ALIGNMENT]);
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
