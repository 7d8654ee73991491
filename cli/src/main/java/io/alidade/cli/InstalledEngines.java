package io.alidade.cli;

import io.alidade.cli.engine.Engines;
import io.alidade.core.AlidadeException;

/// The engines of this installation.
final class InstalledEngines {
  private InstalledEngines() {}

  static Engines engines() {
    return new Engines(
        (name, _) -> {
          throw missing("open model " + name);
        },
        (_, _, _, _) -> {
          throw missing("train");
        },
        (_, _, _, _) -> {
          throw missing("run the quickstart");
        });
  }

  private static AlidadeException missing(String work) {
    return new AlidadeException("this build has no engine to " + work);
  }
}
