package io.alidade.model.backbone;

/// The weights that something was trained from, as written beside it.
///
/// @param name the backbone's name or path
/// @param source where it came from, as in [Backbone#source]
/// @param sha256 the hash of its weights
public record BaseReference(String name, String source, String sha256) {

  public static BaseReference of(Backbone backbone) {
    return new BaseReference(backbone.name(), backbone.source(), backbone.sha256());
  }
}
