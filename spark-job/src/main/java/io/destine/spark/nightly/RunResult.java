package io.destine.spark.nightly;

import java.util.Locale;

/** How far a run has come, or how it has ended. */
public enum RunResult {
  /** It is under way, or was killed. */
  RUNNING,
  /** Its candidate has passed the gate and is about to be published. */
  PROMOTING,
  /** Its candidate is, or was, the published model. */
  PROMOTED,
  /** The gate has refused its candidate. */
  REFUSED,
  /** It has ended with an error. */
  FAILED;

  /** As reports spell it. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The result that a report spells; one that cannot be read has failed. */
  static RunResult of(String key) {
    for (RunResult result : values()) {
      if (result.key().equals(key)) {
        return result;
      }
    }
    return FAILED;
  }

  /** True for a run that has not said how it ended: it is under way, or was killed. */
  boolean underWay() {
    return this == RUNNING || this == PROMOTING;
  }

  /** True when a run of the date need not be made again. */
  public boolean finished() {
    return this == PROMOTED || this == REFUSED;
  }
}
