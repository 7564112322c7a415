package io.destine.spark.report;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The state or result of a nightly run. */
public enum RunResult {
  /** It is running, or was killed. */
  RUNNING("Running"),
  /** Its candidate has passed the gate and is about to be published. */
  PROMOTING("Publishing"),
  /** Its candidate is, or was, the published model. */
  PROMOTED("Published"),
  /** Its candidate failed a check of the gate; the live model stays live. */
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
  public String title() {
    return title;
  }

  /** True for a run without a result in its report: it is running, or was killed. */
  public boolean underWay() {
    return this == RUNNING || this == PROMOTING;
  }

  /** True if the date does not need another run. */
  public boolean finished() {
    return this == PROMOTED || this == REFUSED;
  }
}
