package io.alidade.synth.llm;

/// How a server is told to answer in JSON.
public enum OutputFormat {
  /// By the schema of the answer; most servers and newer models know it.
  JSON_SCHEMA,
  /// As any JSON object.
  JSON_OBJECT,
  /// By the prompt alone.
  TEXT
}
