package io.destine.spark.conf;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.destine.config.Components;
import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.config.TrainConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a {@link JobConfig} from HOCON. It contains the rules that cannot be stated on a single
 * record component. The same code, run without a file, lists the settings and renders a
 * configuration.
 */
public final class JobConfigReader {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Reading reading;
  private final ObjectNode effective = JSON.createObjectNode();
  private final Map<String, Object> values;
  private final Config root;
  private final SplitReader splits;
  private final RecordReader records;
  private final Section top;
  private final TuneConfig tune;

  /** Reads a file; without a file, renders the presets. */
  private JobConfigReader(String name, Reading.Origin origin, HoconFile file, JobConfig presets) {
    root = file.root();
    reading = new Reading(name, origin);
    top = reading.section("", root.root(), effective);
    splits = new SplitReader(reading);
    Optional<JobConfig> given = Optional.ofNullable(presets);
    FieldReader fields = new FieldReader(reading);
    FieldReader.FieldLimits limits = FieldReader.FieldLimits.of(given.map(JobConfig::vocabulary));
    Map<String, String> references =
        given.map(c -> c.source().form().references()).orElse(file.optionReferences("source"));
    records =
        new RecordReader(
            reading,
            Map.of(
                "source.header",
                before -> List.of().equals(before.get("columns")),
                "source.references",
                before -> references,
                "fields",
                before ->
                    fields.fields(top, given.map(JobConfig::fields).orElse(List.of()), limits),
                "tables",
                before ->
                    new SideTableReader(reading, fields, file)
                        .tables(
                            top.section("tables"),
                            given.map(JobConfig::tables).orElse(List.of()),
                            limits),
                "split",
                before ->
                    splits.split(top.section("split"), given.map(JobConfig::split).orElse(null)),
                "vocabulary.max-values-of",
                before -> limits.maxValues(),
                "vocabulary.max-frequency-of",
                before -> limits.maxFrequency(),
                "train.blocks-per-step",
                before -> TrainConfig.blocksPerStepFor((int) before.get("batchSize")),
                "train.epsilon",
                before -> OptimizerConfig.of((OptimizerKind) before.get("kind"), 1).epsilon()));
    values = records.values(top, JobConfig.class, presets);
    tune = records.record(top.aside("tune"), TuneConfig.class, null);
  }

  /**
   * The configuration of a file, with {@code key=value} overrides.
   *
   * @throws ConfigProblems with one line for each problem
   */
  public static JobConfig read(Path file, List<String> overrides) {
    return ofConfig(file.toString(), Reading.Origin.FILE, HoconFile.read(file, overrides));
  }

  /**
   * The configuration of a text, with {@code key=value} overrides.
   *
   * @throws ConfigProblems with one line for each problem
   */
  public static JobConfig parse(String hocon, List<String> overrides) {
    return ofConfig(HoconFile.TEXT, Reading.Origin.FILE, HoconFile.parse(hocon, overrides));
  }

  /**
   * The configuration of values by key.
   *
   * @param values texts, numbers, flags, and lists and maps of these
   * @throws ConfigProblems with one line for each problem
   */
  public static JobConfig of(Map<String, ?> values) {
    Config config = ConfigFactory.parseMap(values, HoconFile.TEXT);
    return ofConfig(
        HoconFile.TEXT, Reading.Origin.FILE, new HoconFile(config, ConfigFactory.empty()));
  }

  /**
   * The configuration stored in a model, {@link JobConfig#toJson}, with {@code key=value}
   * overrides.
   *
   * @param name of the model, for messages
   * @param environment whether references to environment variables are resolved to get its secrets;
   *     otherwise they stay references
   * @throws ConfigProblems with one line for each problem or missing secret
   */
  public static JobConfig stored(
      String name, String json, List<String> overrides, boolean environment) {
    Reading.Origin origin = environment ? Reading.Origin.TRUSTED_MODEL : Reading.Origin.MODEL;
    return ofConfig(name, origin, HoconFile.parse(json, overrides));
  }

  /**
   * True if one of the overrides gives a value to a key, alone or inside an object.
   *
   * @param names the names of the key, from the outermost section to its own; an option of a reader
   *     is one name
   */
  public static boolean gives(List<String> overrides, List<String> names) {
    return overrides.stream().anyMatch(override -> HoconFile.gives(override, names));
  }

  /**
   * The configuration of a file as one text, with overrides, includes and the environment applied,
   * secrets in plain text. Reading it gives the same configuration.
   *
   * @throws ConfigProblems with one line for each problem
   */
  public static String resolve(Path file, List<String> overrides) {
    HoconFile resolved = HoconFile.read(file, overrides);
    ofConfig(file.toString(), Reading.Origin.FILE, resolved);
    return HoconFile.text(resolved.root());
  }

  /** The search settings of a valid configuration. */
  static TuneConfig tune(String name, HoconFile file) {
    return new JobConfigReader(name, Reading.Origin.FILE, file, null).tune;
  }

  static JobConfig ofConfig(String name, Reading.Origin origin, HoconFile file) {
    JobConfigReader reader = new JobConfigReader(name, origin, file, null);
    Optional<JobConfig> config = reader.job();
    reader.reading.rejectUnknownKeys();
    if (!reader.reading.problems().isEmpty()) {
      throw new ConfigProblems(reader.reading.problems());
    }
    return config.orElseThrow();
  }

  private static JobConfigReader ofNothing(JobConfig presets) {
    HoconFile nothing = new HoconFile(ConfigFactory.empty(), ConfigFactory.empty());
    return new JobConfigReader("", Reading.Origin.FILE, nothing, presets);
  }

  static List<Setting> describe() {
    JobConfigReader reader = ofNothing(null);
    reader.splits.byDate(reader.reading.scratch("split.by-date"), null);
    reader.splits.byPaths(reader.reading.scratch("split.paths"), null);
    Map<String, List<Setting>> sections = new LinkedHashMap<>();
    for (Setting setting : reader.reading.settings()) {
      String section = setting.key().split("\\.|\\[", 2)[0];
      sections.computeIfAbsent(section, key -> new ArrayList<>()).add(setting);
    }
    return sections.values().stream().flatMap(List::stream).toList();
  }

  static String render(JobConfig config) {
    return effective(config).toPrettyString();
  }

  static String renderEncoding(JobConfig config) {
    ObjectNode node = effective(config);
    node.retain(
        "source",
        "label",
        "positive-from",
        "negative-to",
        "positive-values",
        "weight",
        "group",
        "date",
        "fields",
        "tables",
        "crosses",
        "rates",
        "negatives",
        "positive-weight",
        "split",
        "vocabulary",
        "quarantine",
        TrainingConfig.INIT_MODEL);
    if (config.fields().isEmpty() && config.hasNights()) {
      node.put("nights", true);
    }
    return node.put("block-rows", config.output().blockRows()).toPrettyString();
  }

  private static ObjectNode effective(JobConfig config) {
    return ofNothing(config).effective;
  }

  private Optional<JobConfig> job() {
    Optional<JobConfig> config =
        reading.build(
            "", () -> Optional.of(Components.of(JobConfig.class, values)), Optional.empty());
    // Nightly runs select the best epoch by the metric of their gate.
    boolean asGate = root.hasPath("nightly") && !root.hasPath("train.metric");
    return asGate ? config.map(JobConfig::withMetricOfGate) : config;
  }
}
