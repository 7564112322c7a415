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
 * The description of a model, manifest.json in its directory. Free-form parts are what a JSON
 * parser gives: maps, lists, texts, numbers, booleans; absent parts are null.
 *
 * @param format always {@value #FORMAT}
 * @param formatVersion major.minor: the major version rises when the same files mean other
 *     probabilities, and a reader refuses any that it does not know; of a newer minor it ignores
 *     what is added, but for options of the network, of fields, and tensors, which it refuses by
 *     name. A calibration makes it {@value #CALIBRATED_VERSION}, since earlier programs would
 *     ignore it
 * @param createdBy program and version
 * @param createdAt ISO 8601
 * @param model the architecture
 * @param fields the fields in order
 * @param precision of the parameters
 * @param vocabularySize V, rows of the tables
 * @param calibration from the network's logits to those of probabilities, or null when they are the
 *     same
 * @param train how it was trained, or null
 * @param job the job's whole configuration, or null
 * @param kernel name of the kernel that trained it, or null
 * @param metrics by split or phase, or null
 * @param progress how far a checkpoint had come, or null
 * @param dataFingerprint of the encoded data set, or null
 * @param vocabularyFingerprint of the vocabulary, or null
 * @param lineage the model it was warm-started from, or null
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

  /** The major version of one with a calibration, the newest that this program reads. */
  public static final int CALIBRATED_VERSION = 2;

  /** The minor version that this program writes. */
  public static final int MINOR_VERSION = 0;

  public Manifest {
    fields = List.copyOf(fields);
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    files.keySet().forEach(FileName::require);
  }

  /** The map from the network's logits to those of probabilities. */
  public Calibration logitMap() {
    return calibration == null ? Calibration.IDENTITY : calibration;
  }

  /** The network that the parameters belong to. */
  public Destine network() {
    return new Destine(model, new FieldLayout(fields));
  }

  /** A description of a network, to be completed with what is known of the model. */
  public static Builder describe(Destine network) {
    return new Builder(network);
  }

  /** A description that says what this manifest says beside its files. */
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

  /** Collects what a manifest says beside the parameters. One thread. */
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

    /** Time of creation; by default that of writing. */
    public Builder createdAt(Instant value) {
      createdAt = value;
      return this;
    }

    /** The map from the network's logits to those of probabilities; the identity by default. */
    public Builder calibration(Calibration value) {
      calibration = value;
      return this;
    }

    /** How the model was trained. */
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

    /** How far a checkpoint has come. */
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

    /** The model it was warm-started from. */
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
