package io.alidade.model.folder;

import io.alidade.core.AtomicFiles;
import io.alidade.core.DataException;
import io.alidade.core.WriteFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Copies an adapter's folder: the files that PEFT, sentence-transformers and Alidade read, and
/// nothing else that may lie there.
public final class AdapterCopy {
  private static final List<String> FILES =
      List.of(
          PeftConfig.FILE,
          AdapterFolder.WEIGHTS,
          ModulesFile.NAME,
          SentenceTransformersFile.NAME,
          "sentence_bert_config.json",
          ModulesFile.POOLING_FOLDER + "/config.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "README.md",
          AlidadeFile.NAME,
          GoldenCase.FILE);

  private AdapterCopy() {}

  /// Copies the folder.
  ///
  /// @return the copy of the weights
  /// @throws DataException if the base would not be found from there
  public static Path copy(Path folder, Path out) {
    requireBaseElsewhere(folder);
    try {
      for (String name : FILES) {
        Path file = folder.resolve(name);
        if (Files.isRegularFile(file)) {
          AtomicFiles.write(out.resolve(name), to -> Files.copy(file, to));
        }
      }
      if (Files.isDirectory(folder.resolve(ModulesFile.NORMALIZE_FOLDER))) {
        Files.createDirectories(out.resolve(ModulesFile.NORMALIZE_FOLDER));
      }
    } catch (IOException e) {
      throw WriteFailure.of(out, e);
    }
    return out.resolve(AdapterFolder.WEIGHTS);
  }

  private static void requireBaseElsewhere(Path folder) {
    Path file = folder.resolve(PeftConfig.FILE);
    if (!Files.isRegularFile(file)) {
      throw new DataException(
          folder, "keeps its adapter in a folder of its own; give --model that folder");
    }
    PeftConfig.read(file)
        .base()
        .filter(base -> !Path.of(base).isAbsolute() && Files.isDirectory(folder.resolve(base)))
        .ifPresent(
            base -> {
              throw new DataException(
                  file,
                  "names its base by the path \"%s\" from here, which leads nowhere from a copy; make it an absolute one"
                      .formatted(base));
            });
  }
}
