package io.alidade.cli.command;

import io.alidade.core.Hardware;
import io.alidade.model.backbone.UserFolders;
import io.alidade.tensor.LibTorch;
import io.alidade.tensor.MatrixSpeed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What of the machine decides whether and how fast Alidade runs.
final class MachineChecks {
  private static final int JAVA = 25;
  private static final double GIB = 0x1p30;
  private static final double QUICKSTART_MEMORY_GIB = 6;

  /// Libtorch unpacked, the backbone in two forms, and a run's checkpoints.
  private static final double NEEDED_DISK_GIB = 4;

  private static final int PIP_SECONDS = 10;

  /// Values with which OpenMP's threads spin between two products and so take cores from Java's.
  private static final Map<String, Integer> SPIN_LIMITS =
      Map.of("KMP_BLOCKTIME", 1, "GOMP_SPINCOUNT", 1000);

  private MachineChecks() {}

  static List<Check> run(Map<String, String> environment) {
    Hardware machine = Hardware.current();
    var checks = new ArrayList<Check>();
    checks.add(java());
    checks.add(Check.ok("processor", machine.describe()));
    checks.add(memory(machine));
    checks.add(cache(UserFolders.alidadeHome(environment)));
    checks.add(libtorch());
    checks.addAll(openMp(environment));
    checks.add(pip());
    return checks;
  }

  private static Check java() {
    int feature = Runtime.version().feature();
    String detail = Runtime.version() + " in " + System.getProperty("java.home");
    return feature >= JAVA
        ? Check.ok("java", detail)
        : Check.failed("java", detail + "; JDK " + JAVA + " or newer is needed");
  }

  private static Check memory(Hardware machine) {
    double gib = machine.memoryBytes() / GIB;
    return Check.of(
        "memory",
        machine.memoryBytes() == 0 || gib >= QUICKSTART_MEMORY_GIB,
        machine.memoryBytes() == 0 ? "unknown" : String.format(Locale.ROOT, "%.1f GiB", gib),
        "the quickstart needs up to %.0f GiB".formatted(QUICKSTART_MEMORY_GIB));
  }

  private static Check cache(Path folder) {
    try {
      Files.createDirectories(folder);
      if (!Files.isWritable(folder)) {
        return Check.failed(
            "cache", folder + " cannot be written; set ALIDADE_HOME to another folder");
      }
      double free = Files.getFileStore(folder).getUsableSpace() / GIB;
      return Check.of(
          "cache",
          free >= NEEDED_DISK_GIB,
          String.format(Locale.ROOT, "%s, %.1f GiB free", folder, free),
          "%.0f GiB are needed".formatted(NEEDED_DISK_GIB));
    } catch (IOException e) {
      return Check.failed(
          "cache",
          "%s cannot be made (%s); set ALIDADE_HOME to another folder"
              .formatted(folder, e.getMessage()));
    }
  }

  private static Check libtorch() {
    try {
      LibTorch.Setup setup = LibTorch.setup();
      return Check.ok(
          "libtorch",
          String.format(
              Locale.ROOT,
              "%s, %s, %d threads, %s, %.0f GFLOPS in products of matrices",
              setup.version(),
              setup.blas(),
              setup.threads(),
              setup.vectors(),
              MatrixSpeed.operationsPerSecond() / 1e9));
    } catch (LinkageError | RuntimeException e) {
      return Check.failed(
          "libtorch",
          "cannot be loaded (%s); it needs a 64-bit Linux, macOS or Windows"
              .formatted(String.valueOf(e.getMessage()).lines().findFirst().orElse("")));
    }
  }

  /// Alidade sets these itself unless the user has.
  static List<Check> openMp(Map<String, String> environment) {
    var checks = new ArrayList<Check>();
    for (String name : SPIN_LIMITS.keySet().stream().sorted().toList()) {
      String value = environment.getOrDefault(name, "");
      int limit = SPIN_LIMITS.getOrDefault(name, 0);
      boolean calm =
          value.isEmpty() || (value.matches("[0-9]{1,6}") && Integer.parseInt(value) <= limit);
      checks.add(
          Check.of(
              name,
              calm,
              value.isEmpty() ? "unset, so Alidade sets it" : "set to " + value,
              "threads that spin make everything slower; unset it"));
    }
    return checks;
  }

  private static Check pip() {
    for (List<String> command :
        List.of(List.of("pip", "--version"), List.of("python3", "-m", "pip", "--version"))) {
      try {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        boolean ended = process.waitFor(PIP_SECONDS, TimeUnit.SECONDS);
        if (ended && process.exitValue() == 0) {
          String line = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
          return Check.ok("pip", line.lines().findFirst().orElse("found"));
        }
        process.destroy();
      } catch (IOException _) {
        // This one is not installed; the next may be.
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    return Check.warning(
        "pip", "not found; without it the backbone can only come from the hub or a folder");
  }
}
