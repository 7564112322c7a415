package io.destine.spark.conf;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.destine.config.Components;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A configuration with a section {@code tune}: the search settings, and for each searched setting a
 * list of values, a range, or one value. A trial is the configuration without this section and with
 * values for these settings, read like any other configuration.
 */
public final class TuneFile {
  private static final String TUNE = "tune";

  /** Sections whose settings do not change the label and the split of the rows. */
  private static final List<String> SEARCHED =
      List.of(
          "fields",
          "crosses",
          "rates",
          "negatives",
          "positive-weight",
          "vocabulary",
          "model",
          "train");

  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?([eE]-?\\d+)?");
  private static final String RANGES = "log(LOW, HIGH), uniform(LOW, HIGH) or int(LOW, HIGH)";

  private final String name;
  private final HoconFile file;
  private final JobConfig base;
  private final TuneConfig settings;
  private final SortedMap<String, Axis> space = new TreeMap<>();
  private final Map<String, ConfigOrigin> origins = new TreeMap<>();

  private TuneFile(String name, HoconFile file) {
    this.name = name;
    this.file = file;
    base = JobConfigReader.ofConfig(name, Reading.Origin.FILE, file);
    settings = JobConfigReader.tune(name, file);
    Reading reading = new Reading(name, Reading.Origin.FILE);
    if (file.root().hasPath(TUNE)) {
      readSpace(reading, file.root().getConfig(TUNE));
    }
    if (!reading.problems().isEmpty()) {
      throw new ConfigProblems(reading.problems());
    }
  }

  /**
   * The configuration of a file, with {@code key=value} overrides.
   *
   * @throws ConfigProblems with one line for each problem; searched values are checked only when
   *     the trials are read
   */
  public static TuneFile read(Path file, List<String> overrides) {
    return new TuneFile(file.toString(), HoconFile.read(file, overrides));
  }

  /** The configuration of a text, see {@link #read}. */
  public static TuneFile parse(String hocon, List<String> overrides) {
    return new TuneFile(HoconFile.TEXT, HoconFile.parse(hocon, overrides));
  }

  private void readSpace(Reading reading, Config tune) {
    Set<String> own =
        Arrays.stream(TuneConfig.class.getRecordComponents())
            .map(Components::key)
            .collect(Collectors.toSet());
    for (Map.Entry<String, ConfigValue> entry : tune.entrySet()) {
      List<String> words = ConfigUtil.splitPath(entry.getKey());
      if (!own.contains(words.get(0))) {
        String key = String.join(".", words);
        reading.found(TUNE + "." + key, entry.getValue());
        axis(reading, words.get(0), key, entry.getValue());
        origins.put(key, entry.getValue().origin());
      }
    }
  }

  private void axis(Reading reading, String section, String key, ConfigValue value) {
    String whole = TUNE + "." + key;
    if (!SEARCHED.contains(section)) {
      reading.reject(
          whole,
          ": trials are compared on the same rows; only settings of "
              + String.join(", ", SEARCHED)
              + " can be searched");
    } else if (key.equals("train.metric")) {
      reading.reject(
          whole, ": trials are compared by it, so it cannot be searched; set train.metric instead");
    } else if (key.equals("train.seed")) {
      reading.reject(whole, ": give the number of seeds with tune.seeds");
    } else if (value instanceof ConfigList list) {
      if (list.isEmpty()) {
        reading.reject(whole, " is an empty list; give the values to try");
      } else {
        space.put(key, new Axis.Choices(list.stream().map(TuneFile::text).distinct().toList()));
      }
    } else {
      String text = text(value);
      try {
        space.put(
            key,
            Axis.Scale.range(text)
                .map(range -> (Axis) range)
                .orElseGet(() -> new Axis.Choices(List.of(text))));
      } catch (IllegalArgumentException e) {
        reading.reject(
            whole,
            " is \""
                + text
                + "\"; a range is "
                + RANGES
                + " with LOW below HIGH, above 0 for log, whole numbers below 1e9 for int");
      }
    }
  }

  /** A value in the form accepted by {@link HoconFile#override}. */
  private static String text(ConfigValue value) {
    return switch (value.valueType()) {
      case OBJECT, LIST -> HoconFile.spelled(value).render(ConfigRenderOptions.concise());
      case NULL -> "null";
      default -> Section.scalarText(value);
    };
  }

  /** The configuration without its section tune. */
  public JobConfig base() {
    return base;
  }

  /** The search settings. */
  public TuneConfig settings() {
    return settings;
  }

  /** The searched settings, by key. */
  public SortedMap<String, Axis> space() {
    return space;
  }

  /**
   * The configuration of a trial.
   *
   * @param values by key, as texts
   * @throws ConfigProblems with one line for each problem
   */
  public JobConfig trial(Map<String, String> values) {
    return JobConfigReader.ofConfig(
        name,
        Reading.Origin.FILE,
        new HoconFile(with(file.root(), values), with(file.references(), values)));
  }

  /**
   * The configuration of a trial as one readable text, with secrets in plain text.
   *
   * @param values by key, as texts
   */
  public String text(Map<String, String> values) {
    return HoconFile.text(with(file.root(), values));
  }

  private Config with(Config config, Map<String, String> values) {
    Config trial = config.withoutPath(TUNE);
    // In the order of the keys, a section comes before its parts.
    for (Map.Entry<String, String> entry : new TreeMap<>(values).entrySet()) {
      String key = entry.getKey();
      Config override = HoconFile.override(key + "=" + entry.getValue());
      if (NUMBER.matcher(entry.getValue()).matches()) {
        override = ConfigFactory.parseString(key + "=" + entry.getValue());
      }
      ConfigOrigin origin =
          origins.getOrDefault(key, ConfigOriginFactory.newSimple(HoconFile.TEXT));
      ConfigValue value =
          override.hasPath(key) ? override.getValue(key) : ConfigValueFactory.fromAnyRef(null);
      trial = HoconFile.whole(trial.withValue(key, value.withOrigin(origin)));
    }
    return trial;
  }
}
