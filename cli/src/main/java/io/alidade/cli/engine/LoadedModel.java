package io.alidade.cli.engine;

import io.alidade.core.Embedder;
import io.alidade.core.Prompts;
import io.alidade.eval.MeasuredModel;
import io.alidade.model.folder.GoldenCase;
import io.alidade.model.folder.ModelInspection;
import java.nio.file.Path;
import java.util.List;

/// A model that is ready to embed, with what its folder says about it.
///
/// @param folder where it was read from, for manifests; where there is no such folder, the source's
///   description, such as `wheel NAME==VERSION`
/// @param prompts what the model wants before its texts
/// @param golden texts with the vectors that any server of the model must give; may be empty
/// @param findings what its folder says about itself; empty where there is none
public record LoadedModel(
    Embedder embedder,
    MeasuredModel description,
    Path folder,
    Prompts prompts,
    List<GoldenCase> golden,
    List<ModelInspection.Finding> findings)
    implements AutoCloseable {

  public LoadedModel {
    golden = List.copyOf(golden);
    findings = List.copyOf(findings);
  }

  @Override
  public void close() {
    embedder.close();
  }
}
