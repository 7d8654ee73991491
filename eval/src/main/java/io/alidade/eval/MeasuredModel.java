package io.alidade.eval;

/// What was measured, as result files name it.
///
/// @param name `organisation/model`; a name without an organisation gets [#LOCAL]
/// @param sha256 the hash of the weights and whatever else decides the vectors
/// @param maxTokens where texts are cut; 0 where nothing is cut
/// @param dimensions 0 where there are no vectors
/// @param parameters 0 where unknown
public record MeasuredModel(
    String name, String sha256, int maxTokens, int dimensions, long parameters) {
  /// The organisation of a model that names none, since mteb's layout needs one.
  public static final String LOCAL = "local";

  private static final int REVISION_LENGTH = 40;

  public MeasuredModel {
    name = name.contains("/") ? name : LOCAL + "/" + name;
  }

  /// The name without its organisation, for tables.
  public String shortName() {
    return name.substring(name.lastIndexOf('/') + 1);
  }

  /// The folder of mteb's layout: `organisation__model`.
  public String folder() {
    return name.replace("/", "__").replace(" ", "_");
  }

  /// The version of the model: the start of its hash, as long as a commit's.
  public String revision() {
    return sha256.substring(0, Math.min(REVISION_LENGTH, sha256.length()));
  }
}
