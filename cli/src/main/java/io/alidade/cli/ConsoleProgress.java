package io.alidade.cli;

import io.alidade.core.Progress;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/// Shows long work: on a terminal a bar with rate and time left, redrawn in place; otherwise one
/// plain line every few seconds. Work that begins again at a lower count starts a new bar.
public final class ConsoleProgress implements Progress, AutoCloseable {
  private static final Duration REDRAW = Duration.ofMillis(100);
  private static final Duration LINE = Duration.ofSeconds(5);
  private static final int BAR_WIDTH = 30;
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintStream err;
  private final boolean interactive;
  private final LongSupplier nanoTime;

  private long startNanos;
  private long startCount;
  private long shownNanos;
  private long lastDone = -1;
  private boolean drawn;

  public ConsoleProgress(Terminal terminal) {
    this(terminal.err(), terminal.interactive(), System::nanoTime);
  }

  ConsoleProgress(PrintStream err, boolean interactive, LongSupplier nanoTime) {
    this.err = err;
    this.interactive = interactive;
    this.nanoTime = nanoTime;
  }

  @Override
  public synchronized void update(long done, long total, String detail) {
    long now = nanoTime.getAsLong();
    if (lastDone < 0 || done < lastDone) {
      // What the first call reports was done before the clock started, perhaps by an earlier run.
      startNanos = now;
      startCount = done;
      shownNanos = now;
    }
    lastDone = done;
    Duration every = interactive ? REDRAW : LINE;
    // Work that is over within seconds needs no line.
    boolean worthIt = interactive || now - startNanos >= every.toNanos();
    boolean last = total > 0 && done >= total && worthIt;
    if (last || now - shownNanos >= every.toNanos()) {
      shownNanos = now;
      show(state(done, total, (now - startNanos) / 1e9, detail));
    }
  }

  @Override
  public void close() {
    endBar();
  }

  /// Ends the bar, so that other text starts on a line of its own.
  public synchronized void endBar() {
    if (drawn) {
      err.println();
      err.flush();
      drawn = false;
    }
  }

  private void show(String state) {
    if (interactive) {
      err.print(CLEAR_LINE + state);
      drawn = true;
    } else {
      err.println(state);
    }
    err.flush();
  }

  private String state(long done, long total, double seconds, String detail) {
    double rate = seconds > 0 ? (done - startCount) / seconds : 0;
    var state = new StringBuilder();
    if (total > 0) {
      int filled = (int) Math.min(BAR_WIDTH, BAR_WIDTH * done / total);
      if (interactive) {
        state.append("█".repeat(filled)).append("░".repeat(BAR_WIDTH - filled)).append(' ');
      }
      state.append("%d/%d (%d %%)".formatted(done, total, 100 * done / total));
    } else {
      state.append(done);
    }
    if (rate > 0) {
      state.append(String.format(Locale.ROOT, ", %s/s", shortened(rate)));
      if (total > done) {
        state.append(", ").append(clock((total - done) / rate)).append(" left");
      }
    }
    return detail.isEmpty() ? state.toString() : state.append(", ").append(detail).toString();
  }

  private static String shortened(double rate) {
    return String.format(Locale.ROOT, rate < 10 ? "%.2f" : "%.0f", rate);
  }

  private static String clock(double seconds) {
    long whole = Math.round(seconds);
    return whole < 3600
        ? "%d:%02d".formatted(whole / 60, whole % 60)
        : "%d:%02d:%02d".formatted(whole / 3600, whole / 60 % 60, whole % 60);
  }
}
