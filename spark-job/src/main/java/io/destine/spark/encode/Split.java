package io.destine.spark.encode;

import java.util.Locale;

/** What rows are for. */
public enum Split {
  TRAIN,
  VALIDATION,
  TEST;

  /** The split as files and configurations spell it, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
