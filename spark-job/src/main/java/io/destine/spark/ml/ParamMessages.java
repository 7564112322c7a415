package io.destine.spark.ml;

import io.destine.spark.conf.UserError;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Messages about settings of a configuration, in the words of the parameters of an estimator. */
final class ParamMessages {
  private static final String PREFIX = "configuration: ";
  private static final Pattern FIELD = Pattern.compile("fields\\[(\\d+)\\](\\.[\\w-]+)?");
  private static final Pattern ROLE = Pattern.compile("(?<=\\()(label|weight|group|date)(?=\\))");

  /** Longest first: one key may begin another. */
  private static final List<SettingParam> BY_LENGTH =
      SettingParam.all().stream()
          .filter(param -> param.setting().key().contains("."))
          .sorted(Comparator.comparing(param -> -param.setting().key().length()))
          .toList();

  /** Keys that a fit writes itself. */
  private static final Map<String, String> OTHERS =
      Map.of("split.by-date.column", "validationIndicatorCol", "fields: ", "inputCols: ");

  private ParamMessages() {}

  /**
   * The error with the names of parameters.
   *
   * @param fields names of the fields, in order
   */
  static UserError of(UserError e, List<String> fields) {
    UserError renamed =
        new UserError(e.problems().stream().map(problem -> text(problem, fields)).toList());
    renamed.initCause(e);
    return renamed;
  }

  /** A message with the names of parameters. */
  static String text(String message, List<String> fields) {
    String text = message.startsWith(PREFIX) ? message.substring(PREFIX.length()) : message;
    for (Map.Entry<String, String> other : OTHERS.entrySet()) {
      text = text.replace(other.getKey(), other.getValue());
    }
    for (SettingParam param : BY_LENGTH) {
      text =
          text.replaceAll(
              "(?<![\\w.-])" + Pattern.quote(param.setting().key()) + "(?![\\w-])", param.name());
    }
    text = ROLE.matcher(text).replaceAll(role -> SettingParam.of(role.group(1)).name());
    String named = FIELD.matcher(text).replaceAll(m -> Matcher.quoteReplacement(name(m, fields)));
    boolean ofOptions = !named.equals(text) && !named.contains("inputCols");
    return ofOptions ? "fieldOptions: " + named : named;
  }

  private static String name(java.util.regex.MatchResult place, List<String> fields) {
    String key = place.group(2);
    if (".name".equals(key)) {
      return "inputCols";
    }
    return fields.get(Integer.parseInt(place.group(1))) + (key == null ? "" : key);
  }
}
