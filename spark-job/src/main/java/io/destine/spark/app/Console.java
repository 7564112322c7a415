package io.destine.spark.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.metric.EvaluationReport;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * The output of commands: text for people on standard error, one line of JSON on standard output.
 */
final class Console {

  private static final StatusLine STATUS = new StatusLine(Console::stream, terminal());
  private static volatile boolean verbose;
  private static volatile boolean traces;

  private Console() {}

  /** Standard error, for text for people; discards text while the process is ending. */
  static PrintStream err() {
    STATUS.clear();
    return stream();
  }

  private static PrintStream stream() {
    return Interruption.underWay()
        ? new PrintStream(OutputStream.nullOutputStream())
        : errorStream();
  }

  /** Standard error, usable even while the process is ending. */
  static PrintStream errorStream() {
    return new PrintStream(System.err, true, StandardCharsets.UTF_8);
  }

  /** The line of progress. */
  static StatusLine status() {
    return STATUS;
  }

  /** True if the user has requested verbose output. */
  static boolean verbose() {
    return verbose;
  }

  static void setVerbose(boolean more) {
    verbose = more;
  }

  /** True if the stack trace of a failure is printed. */
  static boolean traces() {
    return traces;
  }

  static void setTraces(boolean printed) {
    traces = printed;
  }

  /** Prints the command's result, as the last line on standard output. */
  static void result(ObjectNode json) {
    STATUS.clear();
    if (!Interruption.underWay()) {
      new PrintStream(System.out, true, StandardCharsets.UTF_8).println(json);
    }
  }

  /** Prints the command's result as text. */
  static void result(String text) {
    new PrintStream(System.out, true, StandardCharsets.UTF_8).print(text);
  }

  /** Prints metrics of a split in one line. */
  static void metrics(String split, EvaluationReport report) {
    err()
        .printf(
            Locale.ROOT,
            "%s: %,d rows  AUC %s  log loss %s  normalized entropy %s  calibration %s%n",
            split,
            report.rows(),
            number(report.auc()),
            number(report.logLoss()),
            number(report.normalizedEntropy()),
            number(report.calibration()));
  }

  private static String number(OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, "%.4f", value.getAsDouble()) : "-";
  }

  /**
   * True if standard error is a terminal, as reported by the submit scripts; the JVM cannot tell.
   */
  static boolean terminal() {
    return "1".equals(System.getenv("DESTINE_TERMINAL"));
  }

  /** Seconds since a {@link System#nanoTime}, rounded to milliseconds. */
  static double secondsSince(long nanoTime) {
    return Math.round((System.nanoTime() - nanoTime) * 1e-6) / 1000.0;
  }
}
