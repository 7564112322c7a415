package io.destine.spark.app;

import java.io.PrintStream;
import java.util.function.Supplier;

/**
 * Shows progress: on a terminal in one line that is replaced, elsewhere in successive lines. Any
 * thread.
 */
final class StatusLine {
  private final Supplier<PrintStream> out;
  private final boolean terminal;
  private int shownLength;

  StatusLine(Supplier<PrintStream> out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  boolean terminal() {
    return terminal;
  }

  /** Shows a line of progress instead of the previous one. */
  synchronized void show(String line) {
    if (terminal) {
      PrintStream stream = out.get();
      stream.print("\r" + line + " ".repeat(Math.max(0, shownLength - line.length())));
      stream.flush();
      shownLength = line.length();
    } else {
      out.get().println(line);
    }
  }

  /** Removes the line, so that something else can be printed. */
  synchronized void clear() {
    if (terminal && shownLength > 0) {
      PrintStream stream = out.get();
      stream.print("\r" + " ".repeat(shownLength) + "\r");
      stream.flush();
      shownLength = 0;
    }
  }

  /** Prints a line that stays. */
  synchronized void print(String line) {
    clear();
    out.get().println(line);
  }
}
