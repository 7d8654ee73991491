package io.alidade.cli.engine;

import com.google.errorprone.annotations.MustBeClosed;
import io.alidade.core.Progress;
import io.alidade.model.LoadSettings;

/// Opens models to embed with.
@FunctionalInterface
public interface ModelLoader {

  /// The model of a folder or a name.
  ///
  /// @param progress hears of a download
  /// @throws io.alidade.core.AlidadeException if there is none, or it is no model, or not one that
  ///   the settings fit
  @MustBeClosed
  LoadedModel open(String folderOrName, LoadSettings settings, Progress progress);

  /// The model as its files say.
  @MustBeClosed
  default LoadedModel open(String folderOrName, Progress progress) {
    return open(folderOrName, LoadSettings.defaults(), progress);
  }
}
