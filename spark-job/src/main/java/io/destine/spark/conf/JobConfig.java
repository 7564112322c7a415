package io.destine.spark.conf;

import io.destine.config.ModelConfig;
import io.destine.config.SettingProblem;
import io.destine.config.TrainConfig;
import io.destine.feature.FieldSpec;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * All settings of a job.
 *
 * @param source the table that rows come from
 * @param label column of the label, 0 or 1
 * @param weight column of the row weight, a number from 0 up; without it every row weighs 1
 * @param group column whose values group rows for GAUC
 * @param date column of the row's date, recorded as first seen in the vocabulary
 * @param fields in order; empty takes every other column as categorical
 * @param split which rows train, validate and test
 * @param vocabulary which values get ids
 * @param quarantine what happens to bad rows
 * @param model the architecture
 * @param train the training
 * @param compute what computes
 * @param checkpoint when training keeps what it can go on from
 * @param output where results go
 * @param nightly how the model is retrained every night
 */
public record JobConfig(
    SourceConfig source,
    String label,
    Optional<String> weight,
    Optional<String> group,
    Optional<String> date,
    List<FieldSpec> fields,
    SplitConfig split,
    VocabularyConfig vocabulary,
    QuarantineConfig quarantine,
    ModelConfig model,
    TrainConfig train,
    ComputeConfig compute,
    CheckpointConfig checkpoint,
    OutputConfig output,
    NightlyConfig nightly) {

  public JobConfig {
    fields = EncodingConfig.named(fields);
    boolean byPaths = split instanceof SplitConfig.ByPaths;
    boolean named = !source.paths().isEmpty() || source.table().isPresent();
    if (byPaths && named) {
      throw SettingProblem.because(
          "split.paths", "given together with source.path or source.table; leave one of them out");
    }
    boolean table = source.table().isPresent() || nightly.table().isPresent();
    if (!table && (source.versionAsOf().isPresent() || source.timestampAsOf().isPresent())) {
      throw SettingProblem.because(
          "source." + (source.versionAsOf().isPresent() ? "version-as-of" : "timestamp-as-of"),
          "only for source.table or nightly.table");
    }
    if (!byPaths && !named && nightly.input().isEmpty() && nightly.table().isEmpty()) {
      throw SettingProblem.because(
          "source.path",
          "missing; name a file or directory here, or give source.table or split.paths");
    }
  }

  /** The settings of encoding. */
  public EncodingConfig encoding() {
    return new EncodingConfig(
        label, weight, group, date, fields, split, vocabulary, quarantine, output.blockRows());
  }

  /** The settings of the training. */
  public TrainingConfig training() {
    return new TrainingConfig(model, train, compute, checkpoint);
  }

  /**
   * The same job on other rows: of a file or directory in the source's format, instead of its own
   * paths, table or paths by split.
   */
  public JobConfig reading(String path) {
    return with(List.of(path), train, output);
  }

  /** The same job on rows of other paths, trained otherwise, with results elsewhere. */
  public JobConfig with(List<String> paths, TrainConfig train, OutputConfig output) {
    return with(source.of(paths), train, output);
  }

  /** The same job on rows of another source, trained otherwise, with results elsewhere. */
  public JobConfig with(SourceConfig source, TrainConfig train, OutputConfig output) {
    SplitConfig rule =
        split instanceof SplitConfig.ByPaths ? new SplitConfig.ByFraction(0.8, 0.1, 0.1, 1) : split;
    return with(source, rule, train, output);
  }

  /** The same job on rows of another source. */
  public JobConfig reading(SourceConfig source) {
    return with(source, train, output);
  }

  /** The same job with other settings of its source, whose rows and splits stay. */
  public JobConfig asIs(SourceConfig source) {
    return with(source, split, train, output);
  }

  /** The same job on rows that are not split. */
  public JobConfig unsplit() {
    return with(source, SplitConfig.defaults(), train, output);
  }

  private JobConfig with(
      SourceConfig source, SplitConfig split, TrainConfig train, OutputConfig output) {
    return new JobConfig(
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
        nightly);
  }

  /**
   * The effective settings as JSON, by key. In the place of a secret stands the environment
   * variable that it comes from, {@code ${NAME}}, or "(hidden)".
   */
  public String toJson() {
    return JobConfigReader.render(this);
  }

  /** SHA-256, in hexadecimal, of the effective settings without secrets and where they are from. */
  public String fingerprint() {
    return sha256(JobConfigReader.render(withoutReferences()));
  }

  /** SHA-256, in hexadecimal, of the settings that the encoded data set depends on. */
  public String encodingFingerprint() {
    return sha256(JobConfigReader.renderEncoding(withoutReferences()));
  }

  private JobConfig withoutReferences() {
    return with(source.withoutReferences(), split, train, output);
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
