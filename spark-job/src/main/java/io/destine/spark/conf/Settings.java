package io.destine.spark.conf;

import java.util.List;

/** The table of all settings, as declared by the reader. */
public final class Settings {
  private Settings() {}

  /** Every setting, in the order of the records. */
  public static List<Setting> all() {
    return JobConfigReader.describe();
  }
}
