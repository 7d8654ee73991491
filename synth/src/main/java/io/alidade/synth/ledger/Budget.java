package io.alidade.synth.ledger;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.alidade.core.AlidadeException;
import java.util.Optional;

/// A cap on money. Each call reserves the most it can cost before it is sent, so that what is spent
/// and what is under way never pass the cap together; afterwards it settles on what it did cost.
public final class Budget {
  private final Optional<Usd> cap;

  @GuardedBy("this")
  private Usd spent;

  @GuardedBy("this")
  private Usd reserved = Usd.ZERO;

  @GuardedBy("this")
  private boolean stopped;

  /// @param spent by earlier processes of the same run
  public Budget(BudgetConfig config, Usd spent) {
    this.cap = config.capped() ? Optional.of(Usd.of(config.usd())) : Optional.empty();
    this.spent = spent;
  }

  /// Takes so much out of what is free; waits while calls under way may still give some back.
  ///
  /// @throws BudgetException when it is not free and will not be
  /// @throws StoppedException when waits are ended
  public synchronized void reserve(Usd most) {
    while (!fits(most)) {
      if (reserved.equals(Usd.ZERO)) {
        throw refusal(most);
      }
      if (stopped) {
        throw new StoppedException();
      }
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AlidadeException("interrupted while waiting for the budget", e);
      }
    }
    reserved = reserved.plus(most);
  }

  /// Takes so much out of what is free, if it is.
  ///
  /// @return whether it was
  public synchronized boolean reserveIfFree(Usd most) {
    boolean fits = fits(most);
    if (fits) {
      reserved = reserved.plus(most);
    }
    return fits;
  }

  /// Takes what calls of an earlier process may cost that are still under way, free or not.
  public synchronized void hold(Usd most) {
    reserved = reserved.plus(most);
  }

  /// Says that so much is not free and will not be.
  public synchronized BudgetException refusal(Usd most) {
    return new BudgetException(spent, cap.orElseThrow(), most);
  }

  /// Gives a reservation back for what the call did cost.
  public synchronized void settle(Usd most, Usd cost) {
    reserved = reserved.minus(most);
    spent = spent.plus(cost);
    notifyAll();
  }

  /// Ends all waits, now and later.
  public synchronized void stop() {
    stopped = true;
    notifyAll();
  }

  public synchronized Usd spent() {
    return spent;
  }

  private synchronized boolean fits(Usd most) {
    Usd after = spent.plus(reserved).plus(most);
    return cap.isEmpty() || after.compareTo(cap.get()) <= 0;
  }
}
