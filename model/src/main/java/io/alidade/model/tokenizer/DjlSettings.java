package io.alidade.model.tokenizer;

/// Keeps DJL, which brings the tokenizer library, from using the network: it would report its use
/// to its makers, and look for a build for the machine's GPU to download. What the user has set
/// stays.
public final class DjlSettings {
  private DjlSettings() {}

  /// Must run before DJL's classes load.
  public static void apply() {
    setDefault("ai.djl.offline", "true");
    setDefault("OPT_OUT_TRACKING", "true");
    setDefault("RUST_FLAVOR", "cpu");
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null && System.getenv(property) == null) {
      System.setProperty(property, value);
    }
  }
}
