package io.alidade.model.folder;

import io.alidade.model.backbone.Backbone;
import io.alidade.model.backbone.BaseReference;

/// Finds the weights under an adapter, such as `library::open` of a
/// [io.alidade.model.backbone.BackboneLibrary].
@FunctionalInterface
public interface BaseResolver {

  /// Opens the base; the caller compares its hash and closes it.
  ///
  /// @param base what the adapter's folder says; `source` and `sha256` are empty if it does not
  Backbone resolve(BaseReference base);
}
