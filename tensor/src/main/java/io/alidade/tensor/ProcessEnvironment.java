package io.alidade.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.Optional;

/// Sets what native libraries read from the C environment and from glibc's allocator, which Java
/// itself cannot change, through the foreign-function interface.
public final class ProcessEnvironment {
  private static final int M_TRIM_THRESHOLD = -1;
  private static final int M_MMAP_THRESHOLD = -3;
  private static final int M_ARENA_MAX = -8;

  /// The highest value glibc accepts.
  private static final int MMAP_THRESHOLD_BYTES = 32 << 20;

  private static final int TRIM_THRESHOLD_BYTES = 1 << 30;

  private ProcessEnvironment() {}

  /// Sets an environment variable that this process's native libraries will read, unless the user
  /// has set it. On a platform without `setenv` nothing happens.
  public static void setDefault(String name, String value) {
    if (System.getenv(name) == null) {
      setVariables(Map.of(name, value));
    }
  }

  /// Must run before libtorch, its OpenMP runtime and the BLAS load.
  static void prepare(Processor processor) {
    setVariables(
        Map.of("OMP_NUM_THREADS", "1", "OPENBLAS_NUM_THREADS", "1", "MKL_NUM_THREADS", "1"));
    String kernels = System.getProperty(LibTorch.KERNELS_PROPERTY, processor.openBlasKernels());
    if (!kernels.isEmpty()) {
      setVariables(Map.of("OPENBLAS_CORETYPE", kernels));
    }
    keepFreedMemory();
  }

  private static void setVariables(Map<String, String> variables) {
    Optional<MethodHandle> setenv =
        function(
            "setenv",
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT));
    if (setenv.isEmpty()) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      for (var variable : variables.entrySet()) {
        MemorySegment name = arena.allocateFrom(variable.getKey());
        MemorySegment value = arena.allocateFrom(variable.getValue());
        int _ = (int) setenv.get().invokeExact(name, value, 1);
      }
    } catch (Throwable e) {
      throw new IllegalStateException("setenv failed", e);
    }
  }

  /// glibc only; other C libraries have no `mallopt` or ignore it.
  private static void keepFreedMemory() {
    Optional<MethodHandle> mallopt =
        function(
            "mallopt",
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    if (mallopt.isEmpty()) {
      return;
    }
    try {
      int _ = (int) mallopt.get().invokeExact(M_MMAP_THRESHOLD, MMAP_THRESHOLD_BYTES);
      int _ = (int) mallopt.get().invokeExact(M_TRIM_THRESHOLD, TRIM_THRESHOLD_BYTES);
      // Arenas of other threads are cut into heaps of 64 MB, which are unmapped when empty.
      int _ = (int) mallopt.get().invokeExact(M_ARENA_MAX, 1);
    } catch (Throwable e) {
      throw new IllegalStateException("mallopt failed", e);
    }
  }

  @SuppressWarnings("restricted") // two C functions whose signatures are fixed by POSIX and glibc
  private static Optional<MethodHandle> function(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find(name)
        .map(address -> linker.downcallHandle(address, descriptor));
  }
}
