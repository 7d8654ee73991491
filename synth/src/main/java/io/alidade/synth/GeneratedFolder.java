package io.alidade.synth;

import io.alidade.data.JsonLines;
import io.alidade.synth.ledger.Ledger;
import io.alidade.synth.ledger.LedgerTotals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// What a folder of generated data tells of its making, whether the run is done or not.
///
/// @param data the examples
/// @param calls over all processes of the run
/// @param rejected candidates by reason
public record GeneratedFolder(Path data, LedgerTotals calls, Map<String, Long> rejected) {

  public GeneratedFolder {
    rejected = Collections.unmodifiableMap(new TreeMap<>(rejected));
  }

  /// Whether the folder was made by [Generator].
  public static boolean is(Path folder) {
    return Files.isRegularFile(folder.resolve(Ledger.FILE_NAME))
        && Files.isRegularFile(folder.resolve(Generator.DATA_FILE));
  }

  /// Reads the folder without changing it, one line in memory at a time.
  ///
  /// @throws io.alidade.core.DataException if a line is broken
  public static GeneratedFolder read(Path folder) {
    var rejected = new TreeMap<String, Long>();
    Path file = folder.resolve(Generator.REJECTED_FILE);
    if (Files.exists(file)) {
      JsonLines.forEach(file, line -> rejected.merge(line.text("reason"), 1L, Long::sum));
    }
    return new GeneratedFolder(
        folder.resolve(Generator.DATA_FILE),
        LedgerTotals.read(folder.resolve(Ledger.FILE_NAME)),
        rejected);
  }
}
