package io.destine.spark.ml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.conf.UserError;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.param.Param;

/** The parameters of a fit as a configuration, which its reader checks as a whole. */
final class FitSettings {
  /** What a row that trains, and one that validates, has in the column that says so. */
  static final String TRAINS = "0";

  static final String VALIDATES = "1";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final DestineClassifier from;
  private final ObjectNode root = JSON.createObjectNode();

  private FitSettings(DestineClassifier from) {
    this.from = from;
  }

  /**
   * The configuration.
   *
   * @param columns of the table
   * @throws IllegalArgumentException when parameters contradict each other
   * @throws UserError when settings do
   */
  static JobConfig of(DestineClassifier from, String[] columns) {
    FitSettings settings = new FitSettings(from);
    settings.root.putObject("source").put("table", "the table");
    settings.root.putObject("output").put("model", "model");
    settings.root.putObject("checkpoint").put("steps", 0).put("minutes", 0);
    settings.putSettings();
    settings.putSplit();
    settings.putFields(columns);
    try {
      return JobConfigReader.parse(settings.root.toString(), List.of());
    } catch (UserError e) {
      throw ParamMessages.of(e, settings.root.path("fields").findValuesAsText("name"));
    }
  }

  /** Only those that have been set: defaults of some follow from the values of others. */
  private void putSettings() {
    for (SettingParam setting : SettingParam.all()) {
      Param<?> param = from.getParam(setting.name());
      if (from.isSet(param)) {
        setting.put(root, from.getOrDefault(param));
      }
    }
    root.put("label", from.getLabelCol());
  }

  private void putSplit() {
    if (!from.isDefined(from.validationIndicatorCol())) {
      BigDecimal validation = BigDecimal.valueOf(from.getValidationFraction());
      root.withObject("/split")
          .put("train", BigDecimal.ONE.subtract(validation))
          .put("validation", validation)
          .put("test", 0);
      return;
    }
    for (Param<?> other :
        List.<Param<?>>of(from.validationFraction(), from.splitKeyCol(), from.splitSeed())) {
      if (from.isSet(other)) {
        throw new IllegalArgumentException(
            "validationIndicatorCol says which rows validate, and "
                + other.name()
                + " is set too; clear one of them");
      }
    }
    root.putObject("split")
        .putObject("by-date")
        .put("column", from.getValidationIndicatorCol())
        .put("validation-from", VALIDATES);
  }

  private void putFields(String[] columns) {
    Map<String, ObjectNode> fields = new LinkedHashMap<>();
    for (String name : names(columns)) {
      if (name.isEmpty()) {
        throw new UserError(
            "a column of the table has an empty name; rename it, or set inputCols to the fields");
      }
      ObjectNode earlier = fields.put(name, JSON.createObjectNode().put("name", name));
      if (earlier != null && from.isDefined(from.inputCols())) {
        throw new IllegalArgumentException("inputCols names \"" + name + "\" twice");
      }
    }
    if (from.isDefined(from.numericCols())) {
      for (String name : from.getNumericCols()) {
        field(fields, "numericCols", name).put("kind", "numeric");
      }
    }
    if (from.isDefined(from.multiCols())) {
      for (String name : from.getMultiCols()) {
        field(fields, "multiCols", name).put("kind", "multi");
      }
    }
    if (from.isDefined(from.fieldOptions())) {
      options(from.getFieldOptions())
          .forEach((name, options) -> field(fields, "fieldOptions", name).setAll(options));
    }
    ArrayNode list = root.putArray("fields");
    fields.values().forEach(list::add);
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

  private static ObjectNode field(Map<String, ObjectNode> fields, String param, String name) {
    ObjectNode field = fields.get(name);
    if (field == null) {
      throw new IllegalArgumentException(
          param + " names \"" + name + "\", which is no field; fields: " + fields.keySet());
    }
    return field;
  }

  /** Options of fields by name. */
  static Map<String, ObjectNode> options(String text) {
    Map<String, ObjectNode> options = new LinkedHashMap<>();
    try {
      ConfigObject all = ConfigFactory.parseString(text).root();
      for (String name : all.keySet()) {
        JsonNode node = JSON.valueToTree(all.get(name).unwrapped());
        if (!(node instanceof ObjectNode object)) {
          throw new IllegalArgumentException(
              "fieldOptions: \"" + name + "\" must have an object, { key = value }, got " + node);
        }
        options.put(name, object);
      }
    } catch (ConfigException e) {
      throw new IllegalArgumentException("fieldOptions: " + e.getMessage(), e);
    }
    return options;
  }
}
