package io.destine.config;

/**
 * A setting has an invalid value. The message is for callers; {@link #key} and {@link #text} give
 * the same information to the user who set the value.
 */
public final class SettingProblem extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final String key;
  private final String requirement;
  private final String found;

  private SettingProblem(
      String message, String key, String requirement, String found, Throwable cause) {
    super(message, cause);
    this.key = key;
    this.requirement = requirement;
    this.found = found;
  }

  /**
   * {@code key must be requirement, got found}.
   *
   * @param requirement such as {@code at least 1}
   */
  public static SettingProblem must(String key, String requirement, Object found) {
    return of(key, key, requirement, found);
  }

  /** The same for a key of a field; the field's name comes first. */
  public static SettingProblem ofField(String field, String key, String requirement, Object found) {
    return of("field " + field + ": " + key, key, requirement, found);
  }

  private static SettingProblem of(String named, String key, String requirement, Object found) {
    String message = named + " must be " + requirement + ", got " + found;
    return new SettingProblem(message, key, requirement, String.valueOf(found), null);
  }

  /**
   * {@code key: text}.
   *
   * @param text the problem, in a sentence
   */
  public static SettingProblem because(String key, String text) {
    return because(key, text, null);
  }

  /** The same with a cause. */
  public static SettingProblem because(String key, String text, Throwable cause) {
    return new SettingProblem(key + ": " + text, key, text, null, cause);
  }

  /** The dotted key of the setting, or only its last part if no more is known here. */
  public String key() {
    return key;
  }

  /** The value that was found; null when {@link #text} is sufficient. */
  public String found() {
    return found;
  }

  /** The condition on the value, or the problem when no value was found. */
  public String text() {
    return found == null ? requirement : "it must be " + requirement;
  }
}
