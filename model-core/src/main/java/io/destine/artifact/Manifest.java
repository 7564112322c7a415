package io.destine.artifact;

import io.destine.calibration.Calibration;
import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.config.TrainConfig;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.model.Destine;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The description of a model, manifest.json in its directory. Free-form parts have the types that a
 * JSON parser returns: maps, lists, strings, numbers, booleans; absent parts are null.
 *
 * @param format always {@value #FORMAT}
 * @param formatVersion major.minor: the major version increases when the same files give different
 *     probabilities, and a reader refuses an unknown major version. In a newer minor version a
 *     reader ignores additions, except for unknown options of the network, options of fields, and
 *     tensors, which it refuses by name. With a calibration the major version is {@value
 *     #CALIBRATED_VERSION}, since earlier programs would ignore the calibration
 * @param createdBy program and version
 * @param createdAt ISO 8601
 * @param model the architecture
 * @param fields the fields in order
 * @param precision of the parameters
 * @param vocabularySize V, rows of the tables
 * @param calibration map from the network's logits to calibrated logits, or null for the identity
 * @param train the training settings, or null
 * @param job the job's whole configuration, or null
 * @param kernel name of the kernel that trained it, or null
 * @param metrics by split or phase, or null
 * @param progress progress of the training at a checkpoint, or null
 * @param dataFingerprint of the encoded data set, or null
 * @param vocabularyFingerprint of the vocabulary, or null
 * @param lineage origin of the model, or null
 * @param files every file but the manifest and its digest
 */
public record Manifest(
    String format,
    String formatVersion,
    String createdBy,
    String createdAt,
    ModelConfig model,
    List<FieldShape> fields,
    Precision precision,
    int vocabularySize,
    Calibration calibration,
    TrainConfig train,
    Map<String, Object> job,
    String kernel,
    Map<String, Object> metrics,
    Map<String, Object> progress,
    String dataFingerprint,
    String vocabularyFingerprint,
    Lineage lineage,
    SortedMap<String, FileDigest> files) {

  /** Name of the file. */
  public static final String FILE = "manifest.json";

  /** Name of the file with the manifest's SHA-256. */
  public static final String DIGEST_FILE = "manifest.sha256";

  /** The format's name. */
  public static final String FORMAT = "destine-model";

  /** The major version of a model without a calibration. */
  public static final int MAJOR_VERSION = 1;

  /** The major version of a model with a calibration, the newest that this program reads. */
  public static final int CALIBRATED_VERSION = 2;

  /** The minor version that this program writes. */
  public static final int MINOR_VERSION = 0;

  public Manifest {
    fields = List.copyOf(fields);
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    files.keySet().forEach(FileName::require);
  }

  /** The map from the network's logits to calibrated logits; the identity without a calibration. */
  public Calibration logitMap() {
    return calibration == null ? Calibration.IDENTITY : calibration;
  }

  /** The network that the parameters belong to. */
  public Destine network() {
    return new Destine(model, new FieldLayout(fields));
  }

  /** A description with only the network set; the caller adds the rest. */
  public static Builder describe(Destine network) {
    return new Builder(network);
  }

  /** A description with all entries of this manifest except its files. */
  public Builder toBuilder() {
    return new Builder(network())
        .createdBy(createdBy)
        .createdAt(Instant.parse(createdAt))
        .calibration(logitMap())
        .train(train)
        .job(job)
        .kernel(kernel)
        .metrics(metrics)
        .progress(progress)
        .dataFingerprint(dataFingerprint)
        .vocabularyFingerprint(vocabularyFingerprint)
        .lineage(lineage);
  }

  /** Collects the entries of a manifest, except its files. Not thread-safe. */
  public static final class Builder {
    private final Destine network;
    private String createdBy = "destine";
    private Instant createdAt;
    private Calibration calibration = Calibration.IDENTITY;
    private TrainConfig train;
    private Map<String, Object> job;
    private String kernel;
    private Map<String, Object> metrics;
    private Map<String, Object> progress;
    private String dataFingerprint;
    private String vocabularyFingerprint;
    private Lineage lineage;

    private Builder(Destine network) {
      this.network = network;
    }

    /** Program and version. */
    public Builder createdBy(String value) {
      createdBy = value;
      return this;
    }

    /** Time of creation; by default the time of writing. */
    public Builder createdAt(Instant value) {
      createdAt = value;
      return this;
    }

    /** The map from the network's logits to calibrated logits; the identity by default. */
    public Builder calibration(Calibration value) {
      calibration = value;
      return this;
    }

    /** The training settings. */
    public Builder train(TrainConfig value) {
      train = value;
      return this;
    }

    /** The job's whole configuration. */
    public Builder job(Map<String, Object> value) {
      job = value;
      return this;
    }

    /** Name of the kernel that trained it. */
    public Builder kernel(String value) {
      kernel = value;
      return this;
    }

    /** Metrics by split or phase. */
    public Builder metrics(Map<String, Object> value) {
      metrics = value;
      return this;
    }

    /** Progress of the training at a checkpoint. */
    public Builder progress(Map<String, Object> value) {
      progress = value;
      return this;
    }

    /** Fingerprint of the encoded data set. */
    public Builder dataFingerprint(String value) {
      dataFingerprint = value;
      return this;
    }

    /** Fingerprint of the vocabulary. */
    public Builder vocabularyFingerprint(String value) {
      vocabularyFingerprint = value;
      return this;
    }

    /** Origin of the model. */
    public Builder lineage(Lineage value) {
      lineage = value;
      return this;
    }

    Manifest build(Precision precision, int rows, Map<String, FileDigest> files) {
      boolean plain = calibration.isIdentity();
      return new Manifest(
          FORMAT,
          (plain ? MAJOR_VERSION : CALIBRATED_VERSION) + "." + MINOR_VERSION,
          createdBy,
          (createdAt == null ? Instant.now() : createdAt).toString(),
          network.config(),
          network.fields().fields(),
          precision,
          rows,
          plain ? null : calibration,
          train,
          job,
          kernel,
          metrics,
          progress,
          dataFingerprint,
          vocabularyFingerprint,
          lineage,
          new TreeMap<>(files));
    }
  }
}
