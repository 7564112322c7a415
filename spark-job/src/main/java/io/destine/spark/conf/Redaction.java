package io.destine.spark.conf;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keeps secrets out of printed and stored texts. A secret is the value of a key with a typical
 * name, by the pattern here or by Spark's setting spark.redaction.regex, or the password in an
 * address. References to environment variables, {@code ${NAME}}, are not secrets.
 */
public final class Redaction {
  /** Replacement for a secret. */
  public static final String HIDDEN = "(hidden)";

  /** A reference to an environment variable. */
  static final Pattern REFERENCE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

  private static final String SECRET_NAME =
      "secret|token|passw(?:or)?d|passphrase|credential"
          + "|(?:access|account|api|private|shared|storage)[._-]?key"
          + "|(?<![a-z])(?:pass|pwd|pw|sas|sig|signature)(?![a-z])";
  private static final Pattern SECRET_KEY =
      Pattern.compile("(?:" + SECRET_NAME + ")|(?:^|\\.)options\\.key$", Pattern.CASE_INSENSITIVE);

  /** scheme://user:password@, where the part after the colon is not a port. */
  private static final Pattern USER_INFO =
      Pattern.compile("(://[^/?#\\s:@]*:)(?!\\$\\{|\\d+[/?#;,])([^\\s\"']*)(?=@)");

  /**
   * name=value in the parameters of an address, on a command line, in JSON or HOCON; not a sentence
   * that begins with a key and a colon, nor the placeholder VALUE in advice.
   */
  private static final Pattern PARAMETER =
      Pattern.compile(
          "((?:^|[?&;,\\s{'\"])[A-Za-z0-9_.-]*(?:"
              + SECRET_NAME
              + ")[A-Za-z0-9_.-]*[\"']?(?:\\s*=\\s*|\\s*:(?=\\S)|\\s*:\\s*(?=[\"'])))"
              + "(?!\\$\\{|VALUE\\b)(\"[^\"]*\"|'[^']*'|[^&;,\\s}'\"]+)",
          Pattern.CASE_INSENSITIVE);

  private static final String SPARK_PATTERN = "spark.redaction.regex";
  private static final String SPARK_DEFAULT = "(?i)secret|password|token|access[.]?key";

  private Redaction() {}

  /** True if the value of a key is a secret. */
  public static boolean isSecret(String key) {
    String sparks = System.getProperty(SPARK_PATTERN, SPARK_DEFAULT);
    return SECRET_KEY.matcher(key).find() || Pattern.compile(sparks).matcher(key).find();
  }

  /** "(hidden)" if the key's value is a secret, otherwise the text as by {@link #text}. */
  public static String of(String key, String text) {
    return isSecret(key) && !REFERENCE.matcher(text).matches() ? HIDDEN : text(text);
  }

  /** True for a reference to an environment variable, which stands for a secret. */
  public static boolean isReference(String text) {
    return REFERENCE.matcher(text).matches();
  }

  /** The text without passwords in addresses. */
  static String address(String text) {
    return USER_INFO.matcher(text).replaceAll("$1" + Matcher.quoteReplacement(HIDDEN));
  }

  /** A line for people, without secrets in the form name=value or in an address. */
  public static String text(String line) {
    return PARAMETER.matcher(address(line)).replaceAll("$1" + Matcher.quoteReplacement(HIDDEN));
  }

  /** A {@code key=value} of the command line without its secrets. */
  public static String setting(String keyAndValue) {
    int equals = keyAndValue.indexOf('=');
    if (equals < 0) {
      return text(keyAndValue);
    }
    String key = keyAndValue.substring(0, equals);
    return key + "=" + of(key, keyAndValue.substring(equals + 1));
  }
}
