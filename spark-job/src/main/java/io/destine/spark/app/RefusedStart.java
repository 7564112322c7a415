package io.destine.spark.app;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;

/**
 * Thrown when Spark does not start; the message names the settings that the cause mentions, or else
 * the master.
 */
final class RefusedStart extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final String MASTER = "spark.master";

  /** Spark has stopped the application without an exception. */
  static final class Stopped extends IllegalStateException {
    private static final long serialVersionUID = 1;

    Stopped() {
      super(
          "Spark has stopped the application, usually because the master does not answer; see the"
              + " log above");
    }
  }

  RefusedStart(SparkConf settings, Throwable cause) {
    super(
        "Spark does not start with " + named(settings, reason(cause)) + ": " + reason(cause),
        cause);
  }

  private static String reason(Throwable cause) {
    return cause instanceof Stopped ? cause.getMessage() : Failure.deepest(cause);
  }

  private static String named(SparkConf settings, String text) {
    String named =
        Arrays.stream(settings.getAll())
            .filter(setting -> isIn(text, setting._1()) || isIn(text, setting._2()))
            .map(setting -> setting._1() + " = " + setting._2())
            .collect(Collectors.joining(", "));
    return named.isEmpty() ? MASTER + " = " + settings.get(MASTER, "") : named;
  }

  /**
   * Whether a value is mentioned in a text; numbers and flags are ignored, since they occur in many
   * texts.
   */
  private static boolean isIn(String text, String value) {
    return !value.matches("\\d*|true|false")
        && Pattern.compile("(?<![\\w.])" + Pattern.quote(value) + "(?![\\w.])")
            .matcher(text)
            .find();
  }
}
