package io.alidade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long seconds;

  @Test
  void update_noTerminal_printsALineEveryFewSeconds() {
    try (ConsoleProgress progress = progress(false)) {
      for (seconds = 0; seconds <= 20; seconds++) {
        progress.update(seconds * 2, 40, "loss 1.5");
      }
    }

    assertThat(text())
        .isEqualTo(
            """
            10/40 (25 %), 2.00/s, 0:15 left, loss 1.5
            20/40 (50 %), 2.00/s, 0:10 left, loss 1.5
            30/40 (75 %), 2.00/s, 0:05 left, loss 1.5
            40/40 (100 %), 2.00/s, loss 1.5
            """);
  }

  @Test
  void update_resumedWork_countsItsOwnRateOnly() {
    try (ConsoleProgress progress = progress(false)) {
      progress.update(1000, 2000, "");
      seconds = 10;
      progress.update(1010, 2000, "");
    }

    assertThat(text()).isEqualTo("1010/2000 (50 %), 1.00/s, 16:30 left\n");
  }

  @Test
  void update_terminal_redrawsOneLine() {
    try (ConsoleProgress progress = progress(true)) {
      progress.update(0, 4, "");
      seconds = 2;
      progress.update(2, 4, "");
      seconds = 4;
      progress.update(4, 4, "");
    }

    assertThat(text())
        .startsWith(
            "\r\u001b[K" + "█".repeat(15) + "░".repeat(15) + " 2/4 (50 %), 1.00/s, 0:02 left")
        .endsWith("█".repeat(30) + " 4/4 (100 %), 1.00/s" + System.lineSeparator());
  }

  @Test
  void update_unknownTotal_showsTheCount() {
    try (ConsoleProgress progress = progress(false)) {
      progress.update(0, 0, "bytes");
      seconds = 5;
      progress.update(50, 0, "bytes");
    }

    assertThat(text()).isEqualTo("50, 10/s, bytes\n");
  }

  private ConsoleProgress progress(boolean interactive) {
    var err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    return new ConsoleProgress(err, interactive, () -> seconds * 1_000_000_000L);
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
