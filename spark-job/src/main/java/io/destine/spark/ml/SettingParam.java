package io.destine.spark.ml;

import io.destine.spark.conf.ConfigProblems;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.conf.Setting;
import io.destine.spark.conf.Settings;
import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import scala.Function1;

/**
 * A setting of a configuration as a parameter of an estimator. Type, default, meaning and limits
 * are taken from the configuration's reader.
 *
 * @param setting as declared by the reader
 * @param name of the parameter, such as {@code embeddingDim}
 * @param type of its values
 */
record SettingParam(Setting setting, String name, Type type) {
  /** Sections in which every key is a parameter. */
  private static final List<String> SECTIONS = List.of("vocabulary", "model", "train", "compute");

  /** The other keys that are parameters, with their names. */
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("label", "labelCol"),
          Map.entry("weight", "weightCol"),
          Map.entry("group", "groupCol"),
          Map.entry("date", "dateCol"),
          Map.entry("crosses.search", "crosses"),
          Map.entry("crosses.max", "maxCrosses"),
          Map.entry("rates", "rates"),
          Map.entry("negatives", "negatives"),
          Map.entry("positive-weight", "positiveWeight"),
          Map.entry("init-model", "initModel"),
          Map.entry("split.key", "splitKeyCol"),
          Map.entry("split.seed", "splitSeed"),
          Map.entry("quarantine.max-fraction", "maxBadFraction"),
          Map.entry("output.block-rows", "blockRows"),
          Map.entry("tracking.mlflow", "trackingUri"),
          Map.entry("tracking.experiment", "experimentName"),
          Map.entry("tracking.model", "registeredModelName"),
          Map.entry("tracking.tensorboard", "tensorboardDirectory"));

  /** Parameters whose defaults depend on the values of others or on the rows. */
  private static final Set<String> DEPENDENT =
      Set.of("train.blocks-per-step", "train.epsilon", "train.embedding-l2");

  /**
   * The other settings of a test configuration, in which each single setting can have any value.
   */
  private static final Map<String, Object> OTHERS =
      Map.of(
          "label",
          "label",
          "source.table",
          "table",
          "output.model",
          "model",
          "model.heads",
          1,
          "model.head-dim",
          1,
          "model.deep",
          List.of(1),
          "train.wide.optimizer",
          "ftrl");

  private static final Map<String, SettingParam> BY_KEY = byKey();

  /** The type of a parameter. */
  enum Type {
    TEXT,
    WHOLE_NUMBER,
    LONG_NUMBER,
    NUMBER,
    FLAG,
    WHOLE_NUMBERS
  }

  /** Every setting that is a parameter, in the order of the configuration. */
  static List<SettingParam> all() {
    return List.copyOf(BY_KEY.values());
  }

  /** The parameter of a key. */
  static SettingParam of(String key) {
    return BY_KEY.get(key);
  }

  private static Map<String, SettingParam> byKey() {
    Map<String, SettingParam> params = new LinkedHashMap<>();
    for (Setting setting : Settings.all()) {
      String key = setting.key();
      String name = NAMES.get(key);
      if (name == null && SECTIONS.contains(key.split("\\.")[0])) {
        name = camelCase(key.substring(key.indexOf('.') + 1));
      }
      if (name != null) {
        params.put(key, new SettingParam(setting, name, type(setting)));
      }
    }
    return params;
  }

  private static String camelCase(String key) {
    StringBuilder name = new StringBuilder();
    for (String word : key.split("[-.]")) {
      name.append(
          name.isEmpty()
              ? word
              : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
    }
    return name.toString();
  }

  private static Type type(Setting setting) {
    return switch (setting.type()) {
      case "a whole number" ->
          setting.key().endsWith("seed") ? Type.LONG_NUMBER : Type.WHOLE_NUMBER;
      case "a number", "a number or auto" -> Type.NUMBER;
      case "true or false" -> Type.FLAG;
      case "a list of whole numbers" -> Type.WHOLE_NUMBERS;
      default -> Type.TEXT;
    };
  }

  /** Its meaning and values, as a human-readable line. */
  String doc() {
    String values = setting.type().startsWith("one of") ? "; " + setting.type() : "";
    return setting.meaning() + values;
  }

  /**
   * Its default; empty if it depends on other values or on the rows, or there is none. The label,
   * which a configuration must name, is the column "label" by default.
   */
  Optional<Object> defaultValue() {
    String text = setting.defaultValue();
    if (text.isEmpty() || DEPENDENT.contains(setting.key())) {
      return name.equals("labelCol") ? Optional.of("label") : Optional.empty();
    }
    return Optional.of(
        switch (type) {
          case TEXT -> text;
          case WHOLE_NUMBER -> Integer.valueOf(text);
          case LONG_NUMBER -> Long.valueOf(text);
          case NUMBER -> Double.valueOf(text);
          case FLAG -> Boolean.valueOf(text);
          case WHOLE_NUMBERS ->
              text.equals("[]")
                  ? new int[0]
                  : Arrays.stream(text.replaceAll("[\\[\\] ]", "").split(","))
                      .mapToInt(Integer::parseInt)
                      .toArray();
        });
  }

  /** The parameter of an estimator or a model. */
  Param<?> param(Params of) {
    String uid = of.uid();
    return switch (type) {
      case TEXT -> new Param<String>(uid, name, doc(), valid());
      case WHOLE_NUMBER -> new IntParam(uid, name, doc(), valid());
      case LONG_NUMBER -> new LongParam(uid, name, doc(), valid());
      case NUMBER -> new DoubleParam(uid, name, doc(), valid());
      case FLAG -> new BooleanParam(uid, name, doc());
      case WHOLE_NUMBERS -> new IntArrayParam(of, name, doc(), valid());
    };
  }

  private interface Check<T> extends Function1<T, Object>, Serializable {}

  private <T> Check<T> valid() {
    String key = setting.key();
    return value -> {
      SettingParam param = of(key);
      // Each new estimator sets all defaults, and a check reads a whole configuration.
      if (param.defaultValue().filter(d -> Objects.deepEquals(d, value)).isEmpty()) {
        param.check(value);
      }
      return true;
    };
  }

  /** Rejects a value that is not valid in any configuration. */
  private void check(Object value) {
    try {
      Map<String, Object> values = new HashMap<>(OTHERS);
      put(values, value);
      JobConfigReader.of(values);
    } catch (ConfigProblems e) {
      throw new IllegalArgumentException(ParamMessages.of(e, List.of()).getMessage(), e);
    }
  }

  /** Adds a value to the values of a configuration, by key. */
  void put(Map<String, Object> values, Object value) {
    values.put(
        setting.key(),
        value instanceof int[] numbers ? Arrays.stream(numbers).boxed().toList() : value);
  }
}
