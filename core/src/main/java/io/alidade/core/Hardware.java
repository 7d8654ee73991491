package io.alidade.core;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The machine this process runs on. Every score and speed is stated together with it.
///
/// @param processor its model, such as `AMD EPYC 9B45`, or the architecture where it is not known
/// @param cores the processors this process may use
/// @param memoryBytes the machine's memory, or the container's where it is less; 0 where it is not
///   known
public record Hardware(String processor, int cores, long memoryBytes) {
  /// This machine.
  public static Hardware current() {
    String processor =
        value(Path.of("/proc/cpuinfo"), "model name")
            .orElse(System.getProperty("os.arch", "unknown"));
    return new Hardware(processor, Runtime.getRuntime().availableProcessors(), memory());
  }

  /// Memory that this process could have in all, given what others use now.
  ///
  /// @param held what it has already
  public static long memoryWithin(long held) {
    long free =
        value(Path.of("/proc/meminfo"), "MemAvailable")
            .map(text -> Long.parseLong(text.replace("kB", "").strip()) << 10)
            .orElseGet(Hardware::freeMemory);
    long whole = memory();
    return whole == 0 ? free + held : Math.min(whole, free + held);
  }

  private static long freeMemory() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getFreeMemorySize()
        : 0;
  }

  private static long memory() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : 0;
  }

  /// For people, such as `AMD EPYC 9B45, 2 cores, 24 GiB`.
  public String describe() {
    return String.format(
        Locale.ROOT,
        "%s, %d %s, %.0f GiB",
        processor,
        cores,
        cores == 1 ? "core" : "cores",
        memoryBytes / 0x1p30);
  }

  /// As manifests keep it; sorted by name.
  public Map<String, String> toMap() {
    var map = new TreeMap<String, String>();
    map.put("processor", processor);
    map.put("cores", Integer.toString(cores));
    map.put("memory_bytes", Long.toString(memoryBytes));
    return Collections.unmodifiableMap(map);
  }

  private static Optional<String> value(Path file, String key) {
    try (var lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(key) && line.contains(":"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip());
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
