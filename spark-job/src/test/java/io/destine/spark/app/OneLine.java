package io.destine.spark.app;

import java.util.List;
import java.util.regex.Pattern;

/** The required end of a command after a user's mistake. */
final class OneLine {
  private static final Pattern TRACE =
      Pattern.compile("(?m)^\\s+at [\\w.$/]+\\(|^Caused by:|Exception in thread|^[\\w.]+Exception");
  private static final int LONGEST = 2_000;

  private OneLine() {}

  /**
   * The problem with the end of the command, null if there is none: the exit code must be 0 or 2,
   * and errors must be short lines without a stack trace.
   */
  static String problem(CommandRun run) {
    if (run.code() != 0 && run.code() != 2) {
      return "exit code " + run.code() + ": " + last(run.err());
    }
    if (TRACE.matcher(run.err()).find()) {
      return "stack trace: " + last(run.err());
    }
    List<String> errors = run.errors();
    if (run.code() == 2 && errors.isEmpty()) {
      return "exit code 2 without a line that says why";
    }
    for (String error : errors) {
      if (error.length() > LONGEST) {
        return "a line of " + error.length() + " characters: " + error.substring(0, 200);
      }
      if (error.contains("null") && error.length() < 20) {
        return "an empty reason: " + error;
      }
    }
    return null;
  }

  private static String last(String text) {
    String cut =
        text.length() > 1500
            ? text.substring(0, 600) + " ... " + text.substring(text.length() - 600)
            : text;
    return cut.replace('\n', '|');
  }
}
