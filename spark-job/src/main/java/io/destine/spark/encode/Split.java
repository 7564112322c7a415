package io.destine.spark.encode;

import java.util.Locale;

/** The use of a row. */
public enum Split {
  TRAIN,
  VALIDATION,
  TEST;

  /** The name of the split in files and configurations, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
