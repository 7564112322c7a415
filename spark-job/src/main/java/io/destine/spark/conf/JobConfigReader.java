package io.destine.spark.conf;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import io.destine.config.Attention;
import io.destine.config.ModelConfig;
import io.destine.config.Residual;
import io.destine.config.TrainConfig;
import io.destine.config.Unary;
import io.destine.feature.FieldSpec;
import io.destine.kernel.KernelChoice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads a {@link JobConfig} from HOCON. It and the readers of its parts alone know names of keys.
 * The same code, run over no file at all, lists the settings and renders a configuration.
 */
public final class JobConfigReader {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Reading reading;
  private final ObjectNode effective = JSON.createObjectNode();
  private final List<Section> sections = new ArrayList<>();
  private final Config root;
  private final Map<String, String> references;
  private final FieldReader fieldReader;
  private final SplitReader splits;
  private final TrainReader trainings;
  private final NightlyReader nights;

  private JobConfigReader(String name, Reading.Origin origin, HoconFile file) {
    root = file.root();
    references = file.optionReferences();
    reading = new Reading(name, origin);
    fieldReader = new FieldReader(reading, sections);
    splits = new SplitReader(reading, sections);
    trainings = new TrainReader(reading);
    nights = new NightlyReader(reading);
  }

  /**
   * The configuration of a file, with {@code key=value} overrides.
   *
   * @throws ConfigProblems with one line for everything that is wrong
   */
  public static JobConfig read(Path file, List<String> overrides) {
    return ofConfig(file.toString(), Reading.Origin.FILE, HoconFile.read(file, overrides));
  }

  /**
   * The configuration of a text, with {@code key=value} overrides.
   *
   * @throws ConfigProblems with one line for everything that is wrong
   */
  public static JobConfig parse(String hocon, List<String> overrides) {
    return ofConfig("configuration", Reading.Origin.FILE, HoconFile.parse(hocon, overrides));
  }

  /**
   * The configuration that a model keeps, {@link JobConfig#toJson}, with {@code key=value}
   * overrides.
   *
   * @param name of what keeps it, for messages
   * @param environment whether its secrets come from the environment variables that it names;
   *     otherwise references to them stay as they are
   * @throws ConfigProblems with one line for everything that is wrong, or to be given
   */
  public static JobConfig stored(
      String name, String json, List<String> overrides, boolean environment) {
    Reading.Origin origin = environment ? Reading.Origin.TRUSTED_MODEL : Reading.Origin.MODEL;
    return ofConfig(name, origin, HoconFile.parse(json, overrides));
  }

  /**
   * The configuration of a file as one text, with overrides, includes and the environment applied,
   * secrets as they are. Reading it gives the same configuration.
   *
   * @throws ConfigProblems with one line for everything that is wrong
   */
  public static String resolve(Path file, List<String> overrides) {
    HoconFile resolved = HoconFile.read(file, overrides);
    ofConfig(file.toString(), Reading.Origin.FILE, resolved);
    return resolved.root().root().render(ConfigRenderOptions.concise().setFormatted(true));
  }

  private static JobConfig ofConfig(String name, Reading.Origin origin, HoconFile file) {
    JobConfigReader reader = new JobConfigReader(name, origin, file);
    Optional<JobConfig> config = reader.job(Optional.empty());
    reader.sections.forEach(Section::rejectUnknownKeys);
    if (!reader.reading.problems().isEmpty()) {
      throw new ConfigProblems(reader.reading.problems());
    }
    return config.orElseThrow();
  }

  private static JobConfigReader ofNothing() {
    return new JobConfigReader(
        "", Reading.Origin.FILE, new HoconFile(ConfigFactory.empty(), ConfigFactory.empty()));
  }

  static List<Setting> describe() {
    JobConfigReader reader = ofNothing();
    reader.job(Optional.empty());
    reader.splits.byDate(reader.reading.scratch("split.by-date"), SplitConfig.defaults());
    reader.splits.byPaths(reader.reading.scratch("split.paths"), SplitConfig.defaults());
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
        "weight",
        "group",
        "date",
        "fields",
        "split",
        "vocabulary",
        "quarantine");
    return node.put("block-rows", config.output().blockRows()).toPrettyString();
  }

  private static ObjectNode effective(JobConfig config) {
    JobConfigReader reader = ofNothing();
    reader.job(Optional.of(config));
    return reader.effective;
  }

  private Optional<JobConfig> job(Optional<JobConfig> preset) {
    Section s = opened(new Section(reading, "", root.root(), effective));
    SourceConfig source =
        source(
            opened(s.section("source")),
            preset.map(JobConfig::source).orElse(SourceConfig.defaults()));
    String label =
        s.required(
            "label",
            preset.map(JobConfig::label).orElse(null),
            "the name of a column",
            "column of the label: 0 or 1, true or false");
    Optional<String> weight =
        s.optional(
            "weight",
            preset.flatMap(JobConfig::weight),
            "column of the row weight: 0, or within a million times of the mean");
    Optional<String> group =
        s.optional("group", preset.flatMap(JobConfig::group), "column that groups rows for GAUC");
    Optional<String> date =
        s.optional(
            "date", preset.flatMap(JobConfig::date), "column of the date a value is first seen");
    Map<String, Integer> maxValuesOf =
        new TreeMap<>(preset.map(c -> c.vocabulary().maxValuesOf()).orElse(Map.of()));
    List<FieldSpec> fields =
        fieldReader.fields(s, preset.map(JobConfig::fields).orElse(List.of()), maxValuesOf);
    SplitConfig split =
        splits.split(
            opened(s.section("split")),
            preset.map(JobConfig::split).orElse(SplitConfig.defaults()));
    VocabularyConfig vocabulary =
        vocabulary(
            opened(s.section("vocabulary")),
            preset.map(JobConfig::vocabulary).orElse(VocabularyConfig.defaults()),
            maxValuesOf);
    QuarantineConfig quarantine =
        quarantine(
            opened(s.section("quarantine")),
            preset.map(JobConfig::quarantine).orElse(QuarantineConfig.defaults()));
    ModelConfig model =
        model(
            opened(s.section("model")),
            preset.map(JobConfig::model).orElse(ModelConfig.builder().build()));
    Section trainSection = opened(s.section("train"));
    TrainConfig training =
        trainings.train(trainSection, preset.map(JobConfig::train).orElse(TrainConfig.defaults()));
    ComputeConfig compute =
        compute(
            opened(s.section("compute")),
            preset.map(JobConfig::compute).orElse(ComputeConfig.defaults()));
    CheckpointConfig checkpoint =
        trainings.checkpoint(
            opened(s.section("checkpoint")),
            preset.map(JobConfig::checkpoint).orElse(CheckpointConfig.defaults()));
    OutputConfig output = output(opened(s.section("output")), preset.map(JobConfig::output));
    Section nightlySection = opened(s.section("nightly"));
    NightlyConfig nightly =
        nights.nightly(
            nightlySection,
            opened(nightlySection.section("gate")),
            preset.map(JobConfig::nightly).orElse(NightlyConfig.defaults()));
    // Nights keep the epoch that their gate would choose.
    boolean asGate = preset.isEmpty() && root.hasPath("nightly") && !trainSection.has("metric");
    TrainConfig train = asGate ? training.withMetric(nightly.gate().metric()) : training;
    return reading.build(
        "",
        () ->
            Optional.of(
                new JobConfig(
                    source,
                    label,
                    weight,
                    group,
                    date,
                    fields,
                    split,
                    vocabulary,
                    quarantine,
                    model,
                    train,
                    compute,
                    checkpoint,
                    output,
                    nightly)),
        Optional.empty());
  }

  private SourceConfig source(Section s, SourceConfig d) {
    return reading.build(
        s.path(),
        () -> {
          List<String> paths = s.texts("path", d.paths(), "file or directory, or a list of them");
          Optional<String> table =
              s.optional("table", d.table(), "catalog table, instead of a path");
          List<String> where =
              s.texts(
                  "where",
                  d.where(),
                  "SQL condition on rows of the table, or a list of which one must hold");
          Optional<String> version =
              s.optional(
                  "version-as-of",
                  d.versionAsOf(),
                  "id, tag or branch of the table's snapshot to read");
          Optional<String> timestamp =
              s.optional(
                  "timestamp-as-of",
                  d.timestampAsOf(),
                  "time of the table's snapshot to read, such as 2026-11-24 03:00:00");
          String format =
              s.text("format", d.format(), "csv, tsv, parquet, orc, json or any Spark source");
          List<String> columns =
              s.texts("columns", d.columns(), "names of the columns of csv without a header");
          boolean header =
              s.flag(
                  "header",
                  d.header() && columns.isEmpty(),
                  "the first line of csv and tsv names the columns");
          Map<String, String> known = references.isEmpty() ? d.references() : references;
          return new SourceConfig(
              paths,
              table,
              where,
              version,
              timestamp,
              format,
              header,
              columns,
              s.map("options", d.options(), known, "options of Spark's reader"),
              known,
              s.optional(
                  "time-zone",
                  d.timeZone(),
                  "time zone of timestamps, such as Europe/Berlin; the session's when left out"));
        },
        d);
  }

  private VocabularyConfig vocabulary(
      Section s, VocabularyConfig d, Map<String, Integer> maxValuesOf) {
    return reading.build(
        s.path(),
        () ->
            new VocabularyConfig(
                s.integer("min-count", d.minCount(), "training rows a value must occur in"),
                s.integer("oov-buckets", d.oovBuckets(), "ids per field for all other values"),
                s.integer(
                    "max-values",
                    d.maxValues(),
                    "most values of a field, the most frequent; 0 for no limit"),
                maxValuesOf),
        d);
  }

  private QuarantineConfig quarantine(Section s, QuarantineConfig d) {
    return reading.build(
        s.path(),
        () ->
            new QuarantineConfig(
                s.decimal(
                    "max-fraction",
                    d.maxFraction(),
                    "fraction of the rows that may be bad before the job stops")),
        d);
  }

  private ModelConfig model(Section s, ModelConfig d) {
    return reading.build(
        s.path(),
        () ->
            ModelConfig.builder()
                .embeddingDim(s.integer("embedding-dim", d.embeddingDim(), "d, embedding width"))
                .heads(s.integer("heads", d.heads(), "H, attention heads of a layer"))
                .headDim(s.integer("head-dim", d.headDim(), "c, width of one head"))
                .layers(s.integer("layers", d.layers(), "L; 0 leaves out the interaction part"))
                .attention(s.choice("attention", Attention.class, d.attention(), "attention terms"))
                .unary(s.choice("unary", Unary.class, d.unary(), "how a field is scored alone"))
                .residual(
                    s.choice(
                        "residual", Residual.class, d.residual(), "where the residual is added"))
                .scale(s.flag("scale", d.scale(), "divide pairwise logits by sqrt(c)"))
                .reluBeforeAttention(
                    s.flag(
                        "relu-before-attention",
                        d.reluBeforeAttention(),
                        "ReLU on queries, keys and values"))
                .bias(s.flag("bias", d.bias(), "biases on the projections"))
                .wide(s.flag("wide", d.wide(), "a first-order weight per id"))
                .deep(s.integers("deep", d.deep(), "widths of the MLP over the embeddings"))
                .batchNorm(s.flag("batch-norm", d.batchNorm(), "batch normalization in the MLP"))
                .fm(s.flag("fm", d.fm(), "the factorization-machine term"))
                .attentionDropout(
                    s.decimal("attention-dropout", d.attentionDropout(), "drop rate of attention"))
                .deepDropout(s.decimal("deep-dropout", d.deepDropout(), "drop rate in the MLP"))
                .build(),
        d);
  }

  private ComputeConfig compute(Section s, ComputeConfig d) {
    return reading.build(
        s.path(),
        () ->
            new ComputeConfig(
                s.choice("kernel", KernelChoice.class, d.kernel(), "what computes the network"),
                s.decimal(
                    "rows-memory",
                    d.rowsMemory(),
                    "share of an executor's heap for rows; what does not fit is read again")),
        d);
  }

  private OutputConfig output(Section s, Optional<OutputConfig> d) {
    return reading.build(
        s.path(),
        () ->
            new OutputConfig(
                s.required(
                    "model",
                    d.map(OutputConfig::model).orElse(null),
                    "a directory",
                    "directory of the model"),
                s.optional(
                    "data",
                    d.flatMap(OutputConfig::dataDirectory),
                    "directory of the encoded data set, the model's + \".data\" when left out"),
                s.integer(
                    "block-rows",
                    d.map(OutputConfig::blockRows).orElse(OutputConfig.DEFAULT_BLOCK_ROWS),
                    "rows of a block of the encoded data set, about; a split has 16 blocks at"
                        + " least")),
        new OutputConfig("?", Optional.empty(), OutputConfig.DEFAULT_BLOCK_ROWS));
  }

  private Section opened(Section section) {
    sections.add(section);
    return section;
  }
}
