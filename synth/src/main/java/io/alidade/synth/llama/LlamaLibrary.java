package io.alidade.synth.llama;

import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import io.alidade.core.AlidadeException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Loads models by llama.cpp, and keeps its Java binding from what it does unasked: it empties the
/// folder for temporary files of all whose names begin with `llama`, and prints on standard output.
final class LlamaLibrary {
  private static final String FOLDER_PROPERTY = "de.kherud.llama.tmpdir";

  private LlamaLibrary() {}

  /// The model of a GGUF file, ready for one request at a time of up to so many tokens. What other
  /// threads print on standard output meanwhile is lost.
  static synchronized LlamaModel load(Path gguf, int contextTokens) {
    if (!Files.isReadable(gguf)) {
      throw new AlidadeException(gguf + ": there is no such file, or it may not be read");
    }
    useOwnFolder();
    PrintStream out = System.out;
    try (var silent =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
      System.setOut(silent);
      return new LlamaModel(parameters(gguf, contextTokens));
    } catch (RuntimeException e) {
      // The binding's own exception is not public.
      throw new AlidadeException(
          gguf
              + ": llama.cpp cannot load it; a whole GGUF file is needed, of a model that writes"
              + " text and of a family that llama.cpp had in March 2025",
          e);
    } catch (LinkageError e) {
      throw new AlidadeException(
          "llama.cpp's native library cannot be loaded on this machine (%s); on Linux it needs libgomp"
                  .formatted(e.getMessage())
              + " (package libgomp1), or name a server in llms.0.base_url instead",
          e);
    } finally {
      System.setOut(out);
    }
  }

  private static ModelParameters parameters(Path gguf, int contextTokens) {
    int threads = Runtime.getRuntime().availableProcessors();
    return new ModelParameters()
        .setModel(gguf.toAbsolutePath().toString())
        .setCtxSize(contextTokens)
        .setThreads(threads)
        .setThreadsBatch(threads)
        .setParallel(1)
        .disableContextShift()
        .disableLog();
  }

  private static void useOwnFolder() {
    if (System.getProperty(FOLDER_PROPERTY) != null) {
      return;
    }
    try {
      Path folder = Files.createTempDirectory("alidade-llama");
      // After the library in it, which the binding marks later and so is deleted first.
      folder.toFile().deleteOnExit();
      System.setProperty(FOLDER_PROPERTY, folder.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
