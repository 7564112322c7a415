package io.destine.spark.conf;

import java.util.Locale;

/** Keeps secrets out of what is printed and stored. */
final class Redaction {
  private Redaction() {}

  /** The text, or "(hidden)" when the key names a password, secret or token. */
  static String of(String key, String text) {
    String lower = key.toLowerCase(Locale.ROOT);
    return lower.contains("password") || lower.contains("secret") || lower.contains("token")
        ? "(hidden)"
        : text;
  }
}
