package io.destine.artifact;

import java.util.regex.Pattern;

/** Names of files inside a model directory. */
public final class FileName {
  private static final Pattern PLAIN =
      Pattern.compile("(?!\\.\\.?(/|$))[^/\\\\:\\x00]+(/(?!\\.\\.?(/|$))[^/\\\\:\\x00]+)*");

  private FileName() {}

  /**
   * Returns the name if it stays inside its directory: relative, '/' between parts, no part empty,
   * '.' or '..', and no backslash, colon or NUL.
   *
   * @throws ModelFormatException when the name is not of this form
   */
  public static String require(String name) {
    if (!PLAIN.matcher(name).matches()) {
      throw new ModelFormatException(
          "model file name must be a plain relative path, got \"" + name + "\"");
    }
    return name;
  }
}
