package io.destine.spark.conf;

import io.destine.config.SettingProblem;
import org.apache.hadoop.fs.Path;

/** Paths as settings hold them. */
final class PathText {
  private PathText() {}

  /**
   * Refuses a text that no file system can read as a path.
   *
   * @throws IllegalArgumentException naming the setting
   */
  static void check(String key, String text) {
    if (text.isBlank()) {
      throw SettingProblem.because(key, "a path is empty");
    }
    if (text.indexOf('\0') >= 0) {
      throw SettingProblem.because(key, "a path holds a NUL character");
    }
    try {
      new Path(text);
    } catch (IllegalArgumentException e) {
      throw SettingProblem.because(
          key,
          "\"" + Redaction.text(text) + "\" is not a path; write ./ before a name with a colon",
          e);
    }
  }
}
