package io.alidade.cli.command;

import io.alidade.core.UsageException;
import io.alidade.mine.Limits;
import io.alidade.mine.MiningPolicy;
import io.alidade.mine.MiningPolicy.Pick;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// The options that say which documents become negatives.
final class PolicyOptions {
  private static final Pattern RANKS = Pattern.compile("(\\d{1,7})-(\\d{1,7})");

  @Option(
      names = "--negatives",
      paramLabel = "N",
      description = "How many an example should have, its own counted (default: ${DEFAULT-VALUE}).")
  private int negatives = 1;

  @Option(names = "--replace", description = "Put away the negatives that examples have already.")
  private boolean replace;

  @Option(
      names = "--ranks",
      paramLabel = "FIRST-LAST",
      description = "Take documents of these ranks (default: ${DEFAULT-VALUE}).")
  private String ranks = "1-100";

  @Option(
      names = "--max-share",
      paramLabel = "SHARE",
      description =
          "Leave out what scores more than this share of the positive's score; 0 for no such limit"
              + " (default: ${DEFAULT-VALUE}).")
  private double maxShare = 0.95;

  @Option(
      names = "--margin",
      paramLabel = "SCORE",
      description = "Leave out what is not so much below the positive's score.")
  private Optional<Double> margin = Optional.empty();

  @Option(names = "--max-score", paramLabel = "SCORE", description = "Leave out what scores more.")
  private Optional<Double> maxScore = Optional.empty();

  @Option(names = "--min-score", paramLabel = "SCORE", description = "Leave out what scores less.")
  private Optional<Double> minScore = Optional.empty();

  @Option(
      names = "--pick",
      paramLabel = "top|random",
      description = "The best of what is left, or any (default: top).")
  private Pick pick = Pick.TOP;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of random picks (default: ${DEFAULT-VALUE}).")
  private long seed = 42;

  /// @throws UsageException for values that make no sense
  MiningPolicy policy() {
    Matcher window = RANKS.matcher(ranks);
    if (!window.matches()) {
      throw new UsageException("--ranks %s: two ranks are wanted, such as 10-100".formatted(ranks));
    }
    try {
      var limits =
          new Limits(
              Integer.parseInt(window.group(1)),
              Integer.parseInt(window.group(2)),
              maxShare == 0 ? OptionalDouble.empty() : OptionalDouble.of(maxShare),
              number(margin),
              number(maxScore),
              number(minScore));
      return new MiningPolicy(negatives, replace, limits, pick, seed);
    } catch (IllegalArgumentException e) {
      throw new UsageException("" + e.getMessage());
    }
  }

  private static OptionalDouble number(Optional<Double> value) {
    return value.map(OptionalDouble::of).orElseGet(OptionalDouble::empty);
  }

  /// All that decides the result, for the manifest.
  void describe(ObjectNode recipe) {
    recipe
        .put("negatives", negatives)
        .put("replace", replace)
        .put("ranks", ranks)
        .put("max_share", maxShare)
        .put("pick", pick.name().toLowerCase(Locale.ROOT));
    margin.ifPresent(value -> recipe.put("margin", value));
    maxScore.ifPresent(value -> recipe.put("max_score", value));
    minScore.ifPresent(value -> recipe.put("min_score", value));
  }

  long seed() {
    return seed;
  }
}
