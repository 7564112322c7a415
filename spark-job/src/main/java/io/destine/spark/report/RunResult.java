package io.destine.spark.report;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The state of a nightly run, or its end. */
public enum RunResult {
  /** It is under way, or was killed. */
  RUNNING("Running"),
  /** Its candidate has passed the gate and is about to be published. */
  PROMOTING("Publishing"),
  /** Its candidate is, or was, the published model. */
  PROMOTED("Published"),
  /** Its candidate missed a check of the gate; the live model stays live. */
  REFUSED("Refused"),
  /** It ended with an error. */
  FAILED("Failed");

  private final String title;

  RunResult(String title) {
    this.title = title;
  }

  /** The name in a report. */
  @JsonValue
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The name in a headline. */
  String title() {
    return title;
  }

  /** True for a run without an end in its report: it is under way, or was killed. */
  public boolean underWay() {
    return this == RUNNING || this == PROMOTING;
  }

  /** True when a run of the date need not be made again. */
  public boolean finished() {
    return this == PROMOTED || this == REFUSED;
  }
}
