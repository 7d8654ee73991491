package io.alidade.synth.ledger;

import io.alidade.core.AlidadeException;

/// The next call could pass the cap.
public final class BudgetException extends AlidadeException {
  private static final long serialVersionUID = 1L;

  BudgetException(Usd spent, Usd cap, Usd next) {
    super(
        ("the budget is used up: %s of %s are spent, and the next call may cost %s; raise"
                + " budget.usd and run the same command to go on")
            .formatted(spent, cap, next));
  }
}
