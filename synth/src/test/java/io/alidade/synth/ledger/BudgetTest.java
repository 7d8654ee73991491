package io.alidade.synth.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BudgetTest {
  private static BudgetConfig config(double usd, int requests, int tokens) {
    return new BudgetConfig(usd, 4, requests, tokens, 3, 1, 0);
  }

  @Test
  void reserve_beyondTheCap_isRefusedToTheLastDigit() {
    var budget = new Budget(config(1, 0, 0), Usd.of(0.7));

    budget.reserve(Usd.of(0.3));
    budget.settle(Usd.of(0.3), Usd.of(0.1));
    assertThatThrownBy(() -> budget.reserve(Usd.of(0.200001)))
        .isInstanceOf(BudgetException.class)
        .hasMessageContaining("0.8000 USD of 1.00 USD are spent");
    budget.reserve(Usd.of(0.2));

    assertThat(budget.spent()).isEqualTo(Usd.of(0.8));
  }

  /// Calls of 1 that may cost 3, under a cap of 50: all but the last two of it can be spent, and
  /// never more is under way than it holds.
  @Test
  void reserve_manyThreads_spendTheCapAndNeverPassIt() {
    var budget = new Budget(config(50, 0, 0), Usd.ZERO);
    var done = new AtomicInteger();
    var refused = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 80; i++) {
        threads.execute(() -> (spend(budget) ? done : refused).incrementAndGet());
      }
    }
    assertThat(refused).hasValue(32);
    assertThat(done).hasValue(48);
    assertThat(budget.spent()).isEqualTo(Usd.of(48));
  }

  private static boolean spend(Budget budget) {
    try {
      budget.reserve(Usd.of(3));
    } catch (BudgetException _) {
      return false;
    }
    budget.settle(Usd.of(3), Usd.of(1));
    return true;
  }

  @Test
  void usd_sums_areExact() {
    Usd sum = Usd.ZERO;
    for (int i = 0; i < 10; i++) {
      sum = sum.plus(Usd.of(0.1));
    }
    assertThat(sum).isEqualTo(Usd.of(1)).hasToString("1.00 USD");
    assertThat(Usd.of(0.0000013).micros()).isEqualTo(2);
  }

  /// A clock that only waits move.
  private static final class FakeTime implements Pause {
    private final List<Duration> waits = new ArrayList<>();
    private long now = 5;

    @Override
    public void sleep(Duration time) {
      if (time.isPositive()) {
        waits.add(time);
        now += time.toNanos();
      }
    }

    @Override
    public long nanoTime() {
      return now;
    }
  }

  @Test
  void rateLimit_requests_areSpacedOverTheMinute() {
    var time = new FakeTime();
    var limit = new RateLimit(config(1, 120, 0), time);
    for (int i = 0; i < 5; i++) {
      limit.await(1000);
    }
    assertThat(time.waits).hasSize(4).containsOnly(Duration.ofMillis(500));
  }

  @Test
  void rateLimit_tokens_areSpacedAndPutRight() {
    var time = new FakeTime();
    var limit = new RateLimit(config(1, 0, 60_000), time);
    limit.await(3000);
    limit.correct(3000, 1000);
    limit.await(0);
    assertThat(time.waits).containsExactly(Duration.ofSeconds(1));
  }

  @Test
  void rateLimit_closedServer_isLeftAloneByAll() {
    var time = new FakeTime();
    var limit = new RateLimit(config(1, 0, 0), time);
    limit.await(0);
    limit.close(Duration.ofSeconds(9));
    limit.close(Duration.ofSeconds(2));
    limit.await(0);
    limit.await(0);
    assertThat(time.waits).containsExactly(Duration.ofSeconds(9));
  }
}
