package io.alidade.synth.ledger;

import io.alidade.synth.llm.LlmConfig;
import io.alidade.synth.llm.Usage;
import java.math.BigDecimal;
import java.math.RoundingMode;

/// An exact amount of US dollars.
public record Usd(BigDecimal amount) implements Comparable<Usd> {
  public static final Usd ZERO = new Usd(BigDecimal.ZERO);
  private static final int MILLION_DIGITS = 6;
  private static final int SHOWN_DIGITS = 4;

  public Usd {
    amount = amount.signum() == 0 ? BigDecimal.ZERO : amount.stripTrailingZeros();
  }

  public static Usd of(double amount) {
    return new Usd(BigDecimal.valueOf(amount));
  }

  /// What so many tokens cost.
  public static Usd cost(LlmConfig llm, Usage usage) {
    return perMillion(llm.inputPrice(), usage.input())
        .plus(perMillion(llm.outputPrice(), usage.output()));
  }

  public Usd plus(Usd other) {
    return new Usd(amount.add(other.amount));
  }

  public Usd minus(Usd other) {
    return new Usd(amount.subtract(other.amount));
  }

  public Usd times(double factor) {
    return new Usd(amount.multiply(BigDecimal.valueOf(factor)));
  }

  /// In millionths of a dollar, rounded up.
  public long micros() {
    return amount.movePointRight(MILLION_DIGITS).setScale(0, RoundingMode.UP).longValueExact();
  }

  @Override
  public int compareTo(Usd other) {
    return amount.compareTo(other.amount);
  }

  /// For people: to the cent, or to the hundredth of one below a dollar.
  @Override
  public String toString() {
    int digits = amount.abs().compareTo(BigDecimal.ONE) < 0 ? SHOWN_DIGITS : 2;
    return amount.setScale(digits, RoundingMode.HALF_UP).toPlainString() + " USD";
  }

  private static Usd perMillion(double price, long tokens) {
    return new Usd(
        BigDecimal.valueOf(price)
            .multiply(BigDecimal.valueOf(tokens))
            .movePointLeft(MILLION_DIGITS));
  }
}
