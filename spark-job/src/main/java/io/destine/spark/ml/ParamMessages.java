package io.destine.spark.ml;

import io.destine.spark.conf.UserError;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Translates messages about settings of a configuration to the parameter names of an estimator. */
final class ParamMessages {
  private static final String PREFIX = "configuration: ";
  private static final Pattern FIELD =
      Pattern.compile("(?<![\\w.-])fields\\[(\\d+)\\](\\.[\\w-]+)?");
  private static final Pattern ROLE = Pattern.compile("(?<=\\()(label|weight|group|date)(?=\\))");

  /** Keys with several words: a single word may be part of the sentence. */
  private static final Pattern KEY =
      Pattern.compile("(?<![\\w./-])[a-z]+(?:[.-][a-z][a-z0-9]*)+(?![\\w/-])");

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
    text = text.replaceFirst("^tables\\.", "sideTables: ");
    text = text.replaceAll("(?<![\\w.-])fields: ", "inputCols: ");
    text = KEY.matcher(text).replaceAll(key -> Matcher.quoteReplacement(param(key.group())));
    text = ROLE.matcher(text).replaceAll(role -> SettingParam.of(role.group(1)).name());
    String named = FIELD.matcher(text).replaceAll(m -> Matcher.quoteReplacement(name(m, fields)));
    boolean ofOptions = !named.equals(text) && !named.contains("inputCols");
    return ofOptions ? "fieldOptions: " + named : named;
  }

  private static String param(String key) {
    // Validation rows are given by a column, which a fit turns into a split by date.
    SettingParam param = SettingParam.of(key);
    return param != null
        ? param.name()
        : key.equals("split.by-date.column") ? "validationIndicatorCol" : key;
  }

  private static String name(java.util.regex.MatchResult place, List<String> fields) {
    String key = place.group(2);
    if (".name".equals(key)) {
      return "inputCols";
    }
    return fields.get(Integer.parseInt(place.group(1))) + (key == null ? "" : key);
  }
}
