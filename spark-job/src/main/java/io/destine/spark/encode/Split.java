package io.destine.spark.encode;

import java.util.Locale;

/** The use of a row. */
public enum Split {
  TRAIN,
  VALIDATION,
  TEST;

  /** The split as files and configurations spell it, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
