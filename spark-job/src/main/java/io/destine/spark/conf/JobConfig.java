package io.destine.spark.conf;

import io.destine.config.Components;
import io.destine.config.Meaning;
import io.destine.config.ModelConfig;
import io.destine.config.SettingProblem;
import io.destine.config.TrainConfig;
import io.destine.feature.FieldSpec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All settings of a job.
 *
 * @param fields of the log, in order; if empty, they are chosen from the values of all other
 *     columns
 * @param tables side tables, in order
 * @param split of the rows into training, validation and test rows
 */
public record JobConfig(
    @Meaning("the table that rows come from") SourceConfig source,
    @Meaning(
            value = "column of the label: 0 or 1, true or false",
            required = "the name of a column")
        String label,
    @Meaning("smallest number of the label's column that counts as 1; smaller ones count as 0")
        Optional<Double> positiveFrom,
    @Meaning("largest number that counts as 0; rows between it and positive-from are skipped")
        Optional<Double> negativeTo,
    @Meaning("values of the label's column that count as 1; all others count as 0")
        List<String> positiveValues,
    @Meaning("column of the row weight: 0, or within a factor of 1,000,000 of the mean")
        Optional<String> weight,
    @Meaning("column that groups rows for GAUC") Optional<String> group,
    @Meaning("column of the row's date; the vocabulary stores the first date of each value")
        Optional<String> date,
    List<FieldSpec> fields,
    List<SideTableConfig> tables,
    @Meaning("combinations of fields as additional fields") CrossConfig crosses,
    @Meaning(
            value =
                "label rates as additional fields: of crosses that contain another cross or are "
                    + "contained in one (nested), of all crosses, or of all fields; auto: nested, "
                    + "if the search for crosses finds that this reduces the loss",
            preset = "auto")
        Rates rates,
    @Meaning(
            value =
                "fraction of the training rows with label 0 that is kept; probabilities are "
                    + "corrected for it",
            preset = "1")
        double negatives,
    @Meaning(
            value =
                "weight multiplier of training rows with label 1; probabilities are corrected "
                    + "for it",
            preset = "1")
        double positiveWeight,
    SplitConfig split,
    @Meaning("ids of values") VocabularyConfig vocabulary,
    @Meaning("treatment of unreadable rows") QuarantineConfig quarantine,
    @Meaning("the architecture") ModelConfig model,
    @Meaning(
            "directory of a model that training starts from: its ids, parameters and optimiser"
                + " state; new values get new ids")
        Optional<String> initModel,
    @Meaning("the training") TrainConfig train,
    @Meaning("kernel, memory and owners") ComputeConfig compute,
    @Meaning("checkpoints of the training") CheckpointConfig checkpoint,
    @Meaning("directories of the results") OutputConfig output,
    @Meaning("nightly retraining") NightlyConfig nightly,
    @Meaning("tracking of experiments") TrackingConfig tracking) {

  public JobConfig {
    fields = List.copyOf(fields);
    tables = EncodingConfig.named(fields, tables);
    positiveValues = List.copyOf(positiveValues);
    rule(positiveFrom, negativeTo, positiveValues);
    initModel.ifPresent(path -> PathText.check(TrainingConfig.INIT_MODEL, path));
    new Sampling(negatives, positiveWeight);
    boolean byPaths = split instanceof SplitConfig.ByPaths;
    boolean named = !source.rows().paths().isEmpty() || source.rows().table().isPresent();
    if (byPaths && named) {
      throw SettingProblem.because(
          "split.paths", "given together with source.path or source.table; leave one of them out");
    }
    boolean nights = nightly.rows().table().isPresent();
    if (!nights && source.rows().table().isEmpty() && source.rows().ofSnapshot()) {
      throw SettingProblem.because(
          "source."
              + (source.rows().versionAsOf().isPresent() ? "version-as-of" : "timestamp-as-of"),
          "only for source.table or nightly.table; leave it out");
    }
    if (!byPaths && !named && nightly.rows().input().isEmpty() && !nights) {
      throw SettingProblem.because(
          "source.path",
          "missing; name a file or directory here, or give source.table or split.paths");
    }
  }

  private static LabelRule rule(Optional<Double> from, Optional<Double> to, List<String> values) {
    return new LabelRule(from.orElse(Double.NaN), to.orElse(Double.NaN), values);
  }

  /** The settings of encoding. */
  public EncodingConfig encoding() {
    return new EncodingConfig(
        label,
        rule(positiveFrom, negativeTo, positiveValues),
        weight,
        group,
        date,
        fields,
        tables,
        crosses,
        rates,
        new Sampling(negatives, positiveWeight),
        split,
        vocabulary,
        quarantine,
        output.blockRows());
  }

  /** The settings of the training. */
  public TrainingConfig training() {
    return new TrainingConfig(model, initModel, train, compute, checkpoint);
  }

  /**
   * The same job on other rows: from a file or directory in the source's format, instead of its own
   * paths, table or paths of splits.
   */
  public JobConfig reading(String path) {
    return with(List.of(path), train, output);
  }

  /** The same job on rows of other paths, with other training settings and outputs. */
  public JobConfig with(List<String> paths, TrainConfig train, OutputConfig output) {
    return with(source.of(paths), train, output);
  }

  /** The same job on rows of another source, with other training settings and outputs. */
  public JobConfig with(SourceConfig source, TrainConfig train, OutputConfig output) {
    SplitConfig rule =
        split instanceof SplitConfig.ByPaths ? new SplitConfig.ByFraction(0.8, 0.1, 0.1, 1) : split;
    return with(source, rule, train, output);
  }

  /** The same job on rows of another source. */
  public JobConfig reading(SourceConfig source) {
    return with(source, train, output);
  }

  /** The same job with other settings of its source, keeping rows and splits. */
  public JobConfig asIs(SourceConfig source) {
    return with(source, split, train, output);
  }

  /**
   * The same job with fields that were chosen earlier, if its fields are to be chosen from the
   * table.
   */
  public JobConfig withChosen(List<FieldSpec> chosen) {
    return fields.isEmpty() ? Components.with(this, "fields", chosen) : this;
  }

  /** The same job, whose training starts from the model in a directory, if there is one. */
  public JobConfig withInitModel(Optional<String> directory) {
    return Components.with(this, "initModel", directory);
  }

  /** The same job, whose nightly runs write no metrics file for monitoring. */
  public JobConfig withoutMetricsFile() {
    NightlyConfig.Keeping keeping =
        Components.with(nightly.keeping(), "metricsFile", Optional.empty());
    return Components.with(this, "nightly", Components.with(nightly, "keeping", keeping));
  }

  JobConfig withMetricOfGate() {
    return Components.with(this, "train", train.withMetric(nightly.gate().metric()));
  }

  /** The source of all rows: with split.paths, the training, validation and test rows. */
  public SourceConfig sourceOfAllRows() {
    boolean own = !source.rows().paths().isEmpty() || source.rows().table().isPresent();
    return !own && split instanceof SplitConfig.ByPaths by
        ? source.of(
            Stream.of(Optional.of(by.train()), by.validation(), by.test())
                .flatMap(Optional::stream)
                .distinct()
                .toList())
        : source;
  }

  /** True if nightly runs read the rows: fields are chosen so that they suit later days. */
  public boolean hasNights() {
    return nightly.rows().input().isPresent() || nightly.rows().table().isPresent();
  }

  /** The same job with the default split, which needs no column; for reading all rows. */
  public JobConfig unsplit() {
    return with(source, SplitConfig.defaults(), train, output);
  }

  private JobConfig with(
      SourceConfig source, SplitConfig split, TrainConfig train, OutputConfig output) {
    Map<String, Object> values = Components.values(this);
    values.putAll(Map.of("source", source, "split", split, "train", train, "output", output));
    return Components.of(JobConfig.class, values);
  }

  /**
   * The effective settings as JSON, by key. A secret is replaced by a reference to its environment
   * variable, {@code ${NAME}}, or by "(hidden)".
   */
  public String toJson() {
    return JobConfigReader.render(this);
  }

  /** SHA-256, in hexadecimal, of the effective settings, without secrets and their origins. */
  public String fingerprint() {
    return sha256(JobConfigReader.render(withoutReferences()));
  }

  /** SHA-256, in hexadecimal, of the settings on which the encoded data set depends. */
  public String encodingFingerprint() {
    return sha256(JobConfigReader.renderEncoding(withoutReferences()));
  }

  private JobConfig withoutReferences() {
    JobConfig without = with(source.withoutReferences(), split, train, output);
    return Components.with(
        without,
        "tables",
        tables.stream().map(side -> side.reading(side.source().withoutReferences())).toList());
  }

  /** SHA-256, in hexadecimal, of a text's UTF-8 bytes. */
  public static String sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 must be available in every JVM", e);
    }
  }
}
