package io.alidade.model.backbone;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.alidade.core.AlidadeException;
import io.alidade.core.Progress;
import io.alidade.core.Sha256;
import io.alidade.core.WriteFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Downloads one file of the hub into the cache: what arrived before a cut is kept and continued,
/// and the whole is checked against the hash that the hub announced.
final class HubDownload {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int SHA1_DIGITS = 40;

  /// Attempts in a row that bring not a byte, after which a download is given up.
  private static final int MAX_FRUITLESS = 3;

  private final HubClient client;
  private final Progress progress;

  HubDownload(HubClient client, Progress progress) {
    this.client = client;
    this.progress = progress;
  }

  void fetch(HubCache cache, HubClient.RemoteFile file, String path) throws IOException {
    try (var _ = cache.lock(file.etag())) {
      Path blob = cache.blob(file.etag());
      if (Files.exists(blob)) {
        return;
      }
      Path incomplete = cache.incomplete(file.etag());
      if (size(incomplete) > file.bytes() || file.bytes() == 0) {
        Files.write(incomplete, new byte[0]);
      }
      receive(file, path, incomplete);
      boolean small = file.etag().length() == SHA1_DIGITS;
      String found = small ? gitHash(incomplete) : Sha256.ofFile(incomplete);
      if (!found.equals(file.etag())) {
        Files.delete(incomplete);
        throw new AlidadeException(
            "the downloaded %s was refused and removed: its hash is %s, the hub announced %s"
                .formatted(path, found, file.etag()));
      }
      Files.move(incomplete, blob, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private void receive(HubClient.RemoteFile file, String path, Path incomplete) throws IOException {
    int fruitless = 0;
    while (size(incomplete) < file.bytes()) {
      long before = size(incomplete);
      try {
        receiveRest(file, path, incomplete, before);
      } catch (IOException e) {
        fruitless = size(incomplete) > before ? 0 : fruitless + 1;
        if (fruitless == MAX_FRUITLESS) {
          throw new IOException(
              "%s stopped after %d of %d bytes, which are kept: %s"
                  .formatted(path, size(incomplete), file.bytes(), e.getMessage()),
              e);
        }
      }
    }
  }

  private void receiveRest(HubClient.RemoteFile file, String path, Path incomplete, long have)
      throws IOException {
    HubClient.Content content = client.open(file, have);
    boolean append = content.start() == have;
    try (InputStream in = content.stream();
        OutputStream out = open(incomplete, append)) {
      var buffer = new byte[BUFFER_BYTES];
      long size = append ? have : 0;
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        write(out, buffer, n, incomplete);
        size += n;
        progress.update(size, file.bytes(), path);
      }
      if (size < file.bytes()) {
        throw new IOException("the connection was cut");
      }
    }
  }

  private static OutputStream open(Path incomplete, boolean append) {
    try {
      return append
          ? Files.newOutputStream(incomplete, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
          : Files.newOutputStream(incomplete);
    } catch (IOException e) {
      throw WriteFailure.of(incomplete, e);
    }
  }

  /// A full disk is another matter than a cut connection: trying again does not help.
  private static void write(OutputStream out, byte[] buffer, int count, Path incomplete) {
    try {
      out.write(buffer, 0, count);
    } catch (IOException e) {
      throw WriteFailure.of(incomplete, e);
    }
  }

  private static long size(Path file) throws IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }

  /// Git names a file by the SHA-1 of `blob SIZE`, a zero byte and its content.
  private static String gitHash(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-1");
      digest.update("blob %d\0".formatted(Files.size(file)).getBytes(UTF_8));
      digest.update(Files.readAllBytes(file));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-1", e);
    }
  }
}
