package io.alidade.cli.command;

import io.alidade.cli.Context;
import io.alidade.core.AlidadeException;
import io.alidade.mine.Mining;
import io.alidade.mine.MiningSummary;
import io.alidade.mine.NegativeCheck;
import io.alidade.mine.Question;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/// A check of negatives that was asked for on the command line, before anything is sent.
interface MiningCheck {
  /// Where a manifest's recipe has it.
  String KEY = "check";

  /// All that the result depends on, for a manifest.
  void describe(ObjectNode recipe);

  /// The keys of that recipe that may change for a run that goes on.
  default Set<String> freeKeys() {
    return Set.of();
  }

  /// Does the work with the check in it, and closes what the check holds; what it has kept for work
  /// that is stopped goes when the work is done.
  MiningSummary with(Mining mining, Function<Mining, MiningSummary> work);

  /// No check.
  MiningCheck NONE =
      new MiningCheck() {
        @Override
        public void describe(ObjectNode recipe) {
          // Nothing is added.
        }

        @Override
        public MiningSummary with(Mining mining, Function<Mining, MiningSummary> work) {
          return work.apply(mining);
        }
      };

  /// A check that ends when the process is asked to, and keeps its answers.
  static NegativeCheck stoppable(NegativeCheck check, Context context) {
    return new NegativeCheck() {
      @Override
      public List<Opinion> opinions(Question question, List<String> documents) {
        if (context.interruption().stopRequested()) {
          throw new AlidadeException(
              "stopped; the same command continues with what the check has said");
        }
        return check.opinions(question, documents);
      }

      @Override
      public int atOnce() {
        return check.atOnce();
      }
    };
  }
}
