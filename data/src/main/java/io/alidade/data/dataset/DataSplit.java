package io.alidade.data.dataset;

import io.alidade.core.UsageException;
import io.alidade.data.RowFile;
import io.alidade.data.Rows;
import io.alidade.data.TrainingLayouts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// Sets a share of the examples aside. Examples that share a text stay on the same side, so that
/// nothing held out was trained on.
///
/// The side of an example is a function of the seed and the least id of its group, whatever the
/// order of the file. The shares are therefore met on average, and as far as groups are small.
///
/// @param dev the share for choosing settings
/// @param test the share that is measured in the end
/// @param withNegatives whether a text that is only a negative keeps examples together too
public record DataSplit(long seed, double dev, double test, boolean withNegatives) {

  /// The parts, as they are named in files.
  public enum Side {
    TRAIN,
    DEV,
    TEST;

    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// What was written.
  ///
  /// @param files by side, without sides of share 0
  /// @param largestGroup how many examples share texts, directly or through others
  public record Result(Map<Side, Path> files, Map<Side, Long> examples, long largestGroup) {
    public Result {
      files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
      examples = Collections.unmodifiableMap(new LinkedHashMap<>(examples));
    }
  }

  public DataSplit {
    if (!(dev >= 0 && test >= 0 && dev + test > 0 && dev + test < 1)) {
      throw new UsageException(
          "--dev and --test are shares, together above 0 and below 1, found %s and %s"
              .formatted(dev, test));
    }
  }

  /// Splits the file into `train`, `dev` and `test`, of the same format.
  ///
  /// @throws UsageException if one of them is the file itself
  public Result run(Path file, ExampleReader reader, Path out) {
    wanted().forEach(side -> RowFile.requireOther(file, target(side, file, out)));
    var groups = new TextGroups(withNegatives);
    reader.forEach(file, groups::add);
    Side[] sides = new Side[groups.size()];
    for (int i = 0; i < sides.length; i++) {
      sides[i] = side(groups.leastId(i));
    }
    var files = new LinkedHashMap<Side, Path>();
    var counts = new LinkedHashMap<Side, Long>();
    for (Side side : wanted()) {
      Path target = target(side, file, out);
      counts.put(side, write(file, reader, target, sides, side));
      files.put(side, target);
    }
    return new Result(files, counts, groups.largest());
  }

  private static Path target(Side side, Path file, Path out) {
    return out.resolve(side.label() + (Rows.isParquet(file) ? ".parquet" : ".jsonl"));
  }

  private List<Side> wanted() {
    var wanted = new ArrayList<Side>(List.of(Side.TRAIN));
    if (dev > 0) {
      wanted.add(Side.DEV);
    }
    if (test > 0) {
      wanted.add(Side.TEST);
    }
    return wanted;
  }

  private Side side(long leastId) {
    double share = (Mix.of(seed, leastId) >>> 11) * 0x1.0p-53;
    if (share < dev) {
      return Side.DEV;
    }
    return share < dev + test ? Side.TEST : Side.TRAIN;
  }

  private static long write(Path file, ExampleReader reader, Path target, Side[] sides, Side side) {
    var at = new AtomicInteger();
    var written = new AtomicInteger();
    RowFile.write(
        target,
        TrainingLayouts.OWN.columns(),
        rows ->
            reader.forEach(
                file,
                example -> {
                  if (sides[at.getAndIncrement()] == side) {
                    TrainingLayouts.OWN.write(example).forEach(rows);
                    written.incrementAndGet();
                  }
                }));
    return written.get();
  }
}
