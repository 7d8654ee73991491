package io.alidade.model.backbone;

import io.alidade.core.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// A `pip` for tests: a shell script on a search path of its own, which copies a prepared wheel.
final class FakePip {
  private final Path folder;

  FakePip(Path folder) {
    this.folder = folder;
  }

  /// The folder to look for pip in.
  Path searchPath() {
    return folder;
  }

  /// How often it was asked to download.
  long downloads() throws IOException {
    Path log = folder.resolve("log");
    return Files.exists(log) ? Files.readString(log).lines().count() : 0;
  }

  /// Makes `pip download … --dest DIR` put this wheel into DIR.
  void serve(byte[] wheel) throws IOException {
    Files.write(folder.resolve("prepared"), wheel);
    script(
        "pip",
        """
        echo "$@" >> '%1$s/log'
        while [ "$1" != "--dest" ]; do shift; done
        cp '%1$s/prepared' "$2/tiny-1.0-py3-none-any.whl"
        """
            .formatted(folder));
  }

  /// Makes every call fail with these lines on standard error.
  void fail(String lines) throws IOException {
    script("pip", "printf '%s' >&2; exit 1".formatted(lines));
  }

  void script(String name, String body) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    if (!file.toFile().setExecutable(true)) {
      throw new IOException("cannot make " + file + " executable");
    }
  }

  static byte[] wheel(Map<String, byte[]> entries) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (var entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return bytes.toByteArray();
  }

  /// The description of a wheel that carries this GGUF file.
  static Wheel describe(byte[] gguf) {
    String sha256 = HexFormat.of().formatHex(Sha256.digest().digest(gguf));
    return new Wheel("tiny/model", "tiny==1.0", "tiny/model.gguf", sha256, gguf.length);
  }
}
