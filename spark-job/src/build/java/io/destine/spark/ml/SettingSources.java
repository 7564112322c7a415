package io.destine.spark.ml;

import io.destine.spark.conf.Setting;
import io.destine.spark.conf.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Generates sources from the settings: the interfaces by which programs read and set them as
 * parameters, and the table of docs/settings.md. Run by the build as {@code SettingSources
 * DIRECTORY PAGE}.
 */
final class SettingSources {
  private static final String BEGIN = "<!-- settings -->\n";
  private static final String END = "<!-- /settings -->\n";

  private SettingSources() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createDirectories(Path.of(arguments[0], "io/destine/spark/ml"));
    write(directory.resolve("SettingParams.java"), paramsText());
    write(directory.resolve("SettingSetters.java"), settersText());
    Path page = Path.of(arguments[1]);
    String text = Files.readString(page);
    int from = text.indexOf(BEGIN) + BEGIN.length();
    int to = text.indexOf(END);
    write(page, text.substring(0, from) + table() + text.substring(to));
  }

  /** An unchanged file keeps its modification time, so that nothing is rebuilt. */
  private static void write(Path file, String text) throws IOException {
    if (!Files.exists(file) || !Files.readString(file).equals(text)) {
      Files.writeString(file, text);
    }
  }

  private static String table() {
    return Settings.all().stream()
        .map(SettingSources::line)
        .collect(
            Collectors.joining(
                "", "| key | value | default | meaning |\n|---|---|---|---|\n", ""));
  }

  private static String line(Setting setting) {
    String preset = setting.defaultValue().isEmpty() ? "" : "`" + setting.defaultValue() + "`";
    String cells =
        String.join("\t", "`" + setting.key() + "`", setting.type(), preset, setting.meaning());
    return "| " + cells.replace("|", "\\|").replace("\t", " | ") + " |\n";
  }

  private static String paramsText() {
    StringBuilder text = new StringBuilder();
    text.append(
        """
        package io.destine.spark.ml;

        import org.apache.spark.ml.param.BooleanParam;
        import org.apache.spark.ml.param.DoubleParam;
        import org.apache.spark.ml.param.IntArrayParam;
        import org.apache.spark.ml.param.IntParam;
        import org.apache.spark.ml.param.LongParam;
        import org.apache.spark.ml.param.Param;
        import org.apache.spark.ml.param.Params;

        /** Settings of a configuration as parameters of a stage. Written from the settings. */
        public interface SettingParams extends Params {
        """);
    for (SettingParam setting : SettingParam.all()) {
      String name = setting.name();
      String param = paramType(setting.type());
      text.append(
          """

            /** Setting {@code %s}. */
            %sdefault %s %s() {
              return (%s) SettingParam.of("%s").param(this);
            }

            /** Value of {@link #%s}. */
            default %s get%s() {
              return (%s) getOrDefault(%s());
            }
          """
              .formatted(
                  setting.setting().key(),
                  param.contains("<") ? "@SuppressWarnings(\"unchecked\") " : "",
                  param,
                  name,
                  param,
                  setting.setting().key(),
                  name,
                  valueType(setting.type()),
                  capital(name),
                  valueType(setting.type()),
                  name));
    }
    return text.append("}\n").toString();
  }

  private static String settersText() {
    StringBuilder text = new StringBuilder();
    text.append(
        """
        package io.destine.spark.ml;

        import org.apache.spark.ml.param.Param;

        /**
         * Sets settings of a configuration. Written from the settings.
         *
         * @param <T> the stage
         */
        public interface SettingSetters<T extends SettingSetters<T>> extends SettingParams {

          @SuppressWarnings("unchecked")
          private T with(Param<?> param, Object value) {
            set((Param<Object>) param, value);
            return (T) this;
          }
        """);
    for (SettingParam setting : SettingParam.all()) {
      String value =
          setting.type() == SettingParam.Type.WHOLE_NUMBERS ? "int..." : valueType(setting.type());
      text.append(
          """

            /** Sets {@link #%s}. */
            default T set%s(%s value) {
              return with(%s(), value);
            }
          """
              .formatted(setting.name(), capital(setting.name()), value, setting.name()));
    }
    return text.append("}\n").toString();
  }

  private static String capital(String name) {
    return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
  }

  private static String paramType(SettingParam.Type type) {
    return switch (type) {
      case TEXT -> "Param<String>";
      case WHOLE_NUMBER -> "IntParam";
      case LONG_NUMBER -> "LongParam";
      case NUMBER -> "DoubleParam";
      case FLAG -> "BooleanParam";
      case WHOLE_NUMBERS -> "IntArrayParam";
    };
  }

  private static String valueType(SettingParam.Type type) {
    return switch (type) {
      case TEXT -> "String";
      case WHOLE_NUMBER -> "int";
      case LONG_NUMBER -> "long";
      case NUMBER -> "double";
      case FLAG -> "boolean";
      case WHOLE_NUMBERS -> "int[]";
    };
  }
}
