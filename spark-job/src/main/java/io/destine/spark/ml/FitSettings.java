package io.destine.spark.ml;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.conf.UserError;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.ml.param.Param;

/**
 * Converts the parameters of a fit to a configuration, which the configuration reader checks as a
 * whole.
 */
final class FitSettings {
  /** The indicator value of training rows; the next one is for validation rows. */
  static final String TRAINS = "0";

  static final String VALIDATES = "1";

  private final DestineClassifier from;
  private final Map<String, Object> values = new LinkedHashMap<>();
  private final Map<String, Map<String, Object>> fields = new LinkedHashMap<>();

  private FitSettings(DestineClassifier from) {
    this.from = from;
  }

  /**
   * The configuration.
   *
   * @param columns of the table
   * @throws IllegalArgumentException if parameters contradict each other
   * @throws UserError if settings contradict each other
   */
  static JobConfig of(DestineClassifier from, String[] columns) {
    FitSettings settings = new FitSettings(from);
    settings.values.putAll(
        Map.of(
            "source.table",
            "the table",
            "output.model",
            "model",
            "checkpoint.steps",
            0,
            "checkpoint.minutes",
            0));
    settings.putSettings();
    settings.putSplit();
    if (!settings.takesFieldsOfModel()) {
      settings.putFields(columns);
    }
    settings.putTables();
    try {
      return JobConfigReader.of(settings.values);
    } catch (UserError e) {
      throw ParamMessages.of(e, List.copyOf(settings.fields.keySet()));
    }
  }

  /** Only parameters that have been set: some defaults depend on the values of others. */
  private void putSettings() {
    for (SettingParam setting : SettingParam.all()) {
      Param<?> param = from.getParam(setting.name());
      if (from.isSet(param)) {
        setting.put(values, from.getOrDefault(param));
      }
    }
    values.put("label", from.getLabelCol());
  }

  private void putSplit() {
    if (!from.isDefined(from.validationIndicatorCol())) {
      BigDecimal validation = BigDecimal.valueOf(from.getValidationFraction());
      values.put("split.train", BigDecimal.ONE.subtract(validation).doubleValue());
      values.put("split.validation", validation.doubleValue());
      values.put("split.test", 0);
      return;
    }
    for (Param<?> other :
        List.<Param<?>>of(from.validationFraction(), from.splitKeyCol(), from.splitSeed())) {
      if (from.isSet(other)) {
        throw new IllegalArgumentException(
            "validationIndicatorCol and " + other.name() + " are both set; clear one of them");
      }
    }
    values.put("split.by-date.column", from.getValidationIndicatorCol());
    values.put("split.by-date.validation-from", VALIDATES);
  }

  /** True if the fields are only defined by the model from which the fit starts. */
  private boolean takesFieldsOfModel() {
    return from.isDefined(from.initModel())
        && Stream.of(from.inputCols(), from.numericCols(), from.multiCols(), from.fieldOptions())
            .noneMatch(from::isDefined);
  }

  private void putFields(String[] columns) {
    for (String name : names(columns)) {
      if (name.isEmpty()) {
        throw new UserError(
            "a column of the table has an empty name; rename it, or set inputCols to the fields");
      }
      Object earlier = fields.put(name, new HashMap<>(Map.of("name", name)));
      if (earlier != null && from.isDefined(from.inputCols())) {
        throw new IllegalArgumentException("inputCols names \"" + name + "\" twice");
      }
    }
    if (from.isDefined(from.numericCols())) {
      for (String name : from.getNumericCols()) {
        field("numericCols", name).put("kind", "numeric");
      }
    }
    if (from.isDefined(from.multiCols())) {
      for (String name : from.getMultiCols()) {
        field("multiCols", name).put("kind", "multi");
      }
    }
    if (from.isDefined(from.fieldOptions())) {
      options("fieldOptions", from.getFieldOptions())
          .forEach((name, options) -> field("fieldOptions", name).putAll(options));
    }
    values.put("fields", List.copyOf(fields.values()));
  }

  private List<String> names(String[] columns) {
    if (from.isDefined(from.inputCols())) {
      return List.of(from.getInputCols());
    }
    List<String> names = new ArrayList<>(Arrays.asList(columns));
    names.remove(from.getLabelCol());
    for (Param<String> role :
        List.of(
            from.weightCol(),
            from.groupCol(),
            from.dateCol(),
            from.splitKeyCol(),
            from.validationIndicatorCol())) {
      if (from.isDefined(role)) {
        names.remove(from.getOrDefault(role));
      }
    }
    return names;
  }

  private Map<String, Object> field(String param, String name) {
    Map<String, Object> field = fields.get(name);
    if (field == null) {
      throw new IllegalArgumentException(
          param + " names \"" + name + "\", which is not a field; fields: " + fields.keySet());
    }
    return field;
  }

  /** Side tables, whose rows are not in a catalog table. */
  private void putTables() {
    if (from.isDefined(from.sideTables())) {
      Map<String, Map<String, Object>> tables = new LinkedHashMap<>();
      options("sideTables", from.getSideTables())
          .forEach(
              (name, options) -> {
                Map<String, Object> with = new LinkedHashMap<>(options);
                with.put("table", "given by setSideTable");
                // Keys are parsed as paths, so a name with dots needs quotes.
                tables.put(ConfigUtil.quoteString(name), with);
              });
      values.put("tables", tables);
    }
  }

  /** Parses a parameter with options by name. */
  private static Map<String, Map<String, Object>> options(String param, String text) {
    Map<String, Map<String, Object>> options = new LinkedHashMap<>();
    try {
      ConfigFactory.parseString(text)
          .root()
          .forEach(
              (name, value) -> {
                if (!(value instanceof ConfigObject object)) {
                  throw new IllegalArgumentException(
                      param
                          + ": \""
                          + name
                          + "\" must have an object, { key = value }, got "
                          + value.render(ConfigRenderOptions.concise()));
                }
                options.put(name, object.unwrapped());
              });
    } catch (ConfigException e) {
      throw new IllegalArgumentException(param + ": " + e.getMessage(), e);
    }
    return options;
  }
}
