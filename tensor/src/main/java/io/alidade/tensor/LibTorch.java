package io.alidade.tensor;

import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.pytorch.global.torch;

/// Prepares this process for libtorch and loads it, once.
///
/// # Implementation note
///
/// Every operation runs on the thread that calls it; cores are used by [ComputeThreads]. So that
/// neither OpenMP nor the BLAS starts threads of its own, their variables are set in the process's
/// own environment before the native libraries read them; a user needs no launcher for that. Which
/// BLAS serves depends on the processor: MKL takes its fast paths on Intel only, and OpenBLAS is
/// about twice as fast elsewhere (`docs/decisions/0003-blas.md`). glibc hands blocks of more than
/// 32 MB back to the kernel at every free and faults them in again at the next allocation, so its
/// thresholds are raised.
public final class LibTorch {
  /// System property: `mkl` or `openblas`, to override the choice by processor.
  public static final String BLAS_PROPERTY = "alidade.blas";

  /// System property: the OpenBLAS kernels to use, such as `HASWELL`, in place of those for this
  /// processor; it goes before the variable `OPENBLAS_CORETYPE`.
  public static final String KERNELS_PROPERTY = "alidade.blas.kernels";

  /// System property: threads of numeric work; the default is the number of processors.
  public static final String THREADS_PROPERTY = "alidade.threads";

  /// How this process computes, for `doctor`, manifests and reports.
  ///
  /// @param version libtorch's version
  /// @param blas `mkl` or `openblas`
  /// @param threads of numeric work, see [ComputeThreads]
  /// @param vectors libtorch's instruction set, such as `AVX512`
  public record Setup(String version, String blas, int threads, String vectors) {}

  private static final class Holder {
    static final Setup SETUP = start();
  }

  private LibTorch() {}

  /// Loads the library if it is not loaded yet; the first start unpacks it, which takes seconds.
  public static void load() {
    setup();
  }

  public static Setup setup() {
    return Holder.SETUP;
  }

  /// Whether this machine's copy of the library is unpacked already, so that loading is quick.
  public static boolean unpacked() {
    Path cache =
        Path.of(
            System.getProperty(
                "org.bytedeco.javacpp.cachedir",
                System.getProperty("user.home") + "/.javacpp/cache"));
    return Files.isDirectory(cache);
  }

  /// Resident memory of this process.
  public static long residentBytes() {
    return org.bytedeco.javacpp.Pointer.physicalBytes();
  }

  /// How many native objects are open, tensors and what operations need beside them: it does not
  /// grow where scopes close all that is opened.
  public static long openObjects() {
    return org.bytedeco.javacpp.Pointer.totalCount();
  }

  private static Setup start() {
    int threads = Integer.getInteger(THREADS_PROPERTY, Runtime.getRuntime().availableProcessors());
    Processor processor = Processor.current();
    String blas = blas(processor);
    ProcessEnvironment.prepare(processor);
    if (blas.equals("mkl")) {
      setDefault("org.bytedeco.openblas.load", "mkl_rt");
    }
    // JavaCPP would run the garbage collector and sleep when the process passes its default limit.
    setDefault("org.bytedeco.javacpp.maxPhysicalBytes", "0");
    setDefault("org.bytedeco.javacpp.maxBytes", "0");
    torch.set_num_threads(1);
    org.bytedeco.pytorch.Context.setFlushDenormal(true);
    String config = torch.show_config().getString();
    return new Setup(
        after(config, "TORCH_VERSION="), blas, threads, after(config, "CPU capability usage: "));
  }

  private static String blas(Processor processor) {
    String chosen = System.getProperty(BLAS_PROPERTY, "");
    return switch (chosen) {
      case "mkl", "openblas" -> chosen;
      case "" -> processor.intel() ? "mkl" : "openblas";
      default ->
          throw new io.alidade.core.UsageException(
              "system property %s is \"%s\"; allowed are mkl and openblas"
                  .formatted(BLAS_PROPERTY, chosen));
    };
  }

  private static String after(String text, String key) {
    int start = text.indexOf(key);
    if (start < 0) {
      return "unknown";
    }
    int from = start + key.length();
    int end = from;
    while (end < text.length() && ",\n ".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return text.substring(from, end);
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
