package io.destine.spark.report;

import java.util.Arrays;
import java.util.Locale;

/** How a nightly run ended. */
enum Outcome {
  /** The candidate went live. */
  PROMOTED("Published"),
  /** The candidate missed a check of the gate; what was live stays live. */
  REFUSED("Refused"),
  /** The run broke off before a decision. */
  FAILED("Failed");

  private final String title;

  Outcome(String title) {
    this.title = title;
  }

  /**
   * The outcome that a report names.
   *
   * @throws IllegalArgumentException if the report names none of them
   */
  static Outcome of(ReportNode report) {
    String found = report.required("result");
    return Arrays.stream(values())
        .filter(outcome -> outcome.key().equals(found))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "report: result must be promoted, refused or failed, got " + found));
  }

  /** The style of a result that may be none of these. */
  static String style(String result) {
    return Arrays.stream(values())
        .map(Outcome::key)
        .filter(key -> key.equals(result))
        .findFirst()
        .orElse("other");
  }

  /** The outcome's name in a report. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The outcome's name in a headline. */
  String title() {
    return title;
  }
}
