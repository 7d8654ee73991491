package io.alidade.cli.engine;

import com.google.errorprone.annotations.MustBeClosed;
import io.alidade.core.Progress;

/// Opens models to embed with.
@FunctionalInterface
public interface ModelLoader {

  /// The model of a folder or a name.
  ///
  /// @param progress hears of a download
  /// @throws io.alidade.core.AlidadeException if there is none, or it is no model
  @MustBeClosed
  LoadedModel open(String folderOrName, Progress progress);
}
