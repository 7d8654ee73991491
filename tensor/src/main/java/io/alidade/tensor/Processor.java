package io.alidade.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// What decides which matrix kernels are fast here.
///
/// @param intel whether Intel made it; on other systems than Linux all x86-64 processors count
/// @param avx512 whether it has the instructions of Intel's Skylake servers
record Processor(boolean intel, boolean avx512) {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final List<String> SKYLAKE_FLAGS =
      List.of("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl");

  static Processor current() {
    String architecture = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    if (!List.of("amd64", "x86_64").contains(architecture)) {
      return new Processor(false, false);
    }
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return parse(lines.takeWhile(line -> !line.isBlank()).toList());
    } catch (IOException e) {
      return new Processor(true, false);
    }
  }

  /// The OpenBLAS kernels to demand, or empty to leave the choice to OpenBLAS. With AVX-512 they
  /// are demanded, since a variable inherited from somewhere else would halve the speed.
  String openBlasKernels() {
    return avx512 ? "SKYLAKEX" : "";
  }

  /// The lines of one processor in `/proc/cpuinfo`.
  static Processor parse(List<String> lines) {
    return new Processor(
        value(lines, "vendor_id").contains("GenuineIntel"),
        Arrays.asList(value(lines, "flags").split(" ", -1)).containsAll(SKYLAKE_FLAGS));
  }

  private static String value(List<String> lines, String key) {
    return lines.stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("");
  }
}
