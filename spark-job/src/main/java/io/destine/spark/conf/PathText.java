package io.destine.spark.conf;

import io.destine.config.SettingProblem;
import org.apache.hadoop.fs.Path;

/** Checks paths in settings. */
final class PathText {
  private PathText() {}

  /**
   * Rejects a text that is not a path on any file system.
   *
   * @throws IllegalArgumentException naming the setting
   */
  static void check(String key, String text) {
    if (text.isBlank()) {
      throw SettingProblem.because(key, "a path is empty; name a file or directory");
    }
    if (text.indexOf('\0') >= 0) {
      throw SettingProblem.because(key, "a path contains a NUL character; remove it");
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
