package io.alidade.onnx;

import ai.onnxruntime.OrtEnvironment;
import io.alidade.tensor.ProcessEnvironment;

/// ONNX Runtime without its reports to its makers.
///
/// Version 1.29 sends them from Linux too, unless an environment variable says no. To that end it
/// reads the process's command line with a regular expression that overflows the stack, and so ends
/// the process, from some 4,000 characters on, which a class path easily has.
public final class OnnxRuntime {
  private static final String NO_REPORTS = "ORT_DISABLE_TELEMETRY";

  static {
    ProcessEnvironment.setDefault(NO_REPORTS, "1");
  }

  private OnnxRuntime() {}

  /// The process's one environment.
  public static OrtEnvironment environment() {
    return OrtEnvironment.getEnvironment();
  }
}
