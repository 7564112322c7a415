package io.destine.spark.predict;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.artifact.Manifest;
import io.destine.artifact.ModelFormatException;
import io.destine.artifact.ModelReader;
import io.destine.model.Destine;
import io.destine.model.NetworkKernels;
import io.destine.param.Parameters;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.replica.ModelBase;
import io.destine.spark.replica.ReplicaPublisher;
import io.destine.spark.store.CurrentModel;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A published model ready to score rows on the cluster: its configuration, vocabulary and
 * parameters. Closing it frees broadcasts and what this JVM keeps; a replica on another executor
 * stays until its JVM ends.
 */
public final class LoadedModel implements AutoCloseable {
  private final String directory;
  private final Manifest manifest;
  private final JobConfig config;
  private final StoredVocabulary vocabulary;
  private final BlockScorer scorer;
  private final String kernel;
  private final String run = UUID.randomUUID().toString();
  private final ReplicaPublisher publisher;

  private record Contents(
      Manifest manifest, String sha256, Destine network, Parameters parameters) {
    /** The vocabulary's files are read by Spark and Parquet, which know nothing of digests. */
    static Contents of(ModelReader reader) {
      reader.verify("vocabulary/");
      return new Contents(
          reader.manifest(), reader.manifestSha256(), reader.network(), reader.parameters());
    }
  }

  /**
   * Opens a model.
   *
   * @param path of the model, or of a directory whose live model is meant
   * @param overrides of the configuration that the model was trained with, {@code key=value}
   * @param input rows to read instead of the configured ones
   * @throws UserError when there is no model, it is damaged, or the configuration does not allow it
   */
  public static LoadedModel open(
      JavaSparkContext context, String path, List<String> overrides, Optional<String> input) {
    try {
      String directory = CurrentModel.resolve(context.hadoopConfiguration(), path);
      Contents contents =
          ModelBase.open(context.hadoopConfiguration(), directory).read(Contents::of);
      return new LoadedModel(context, directory, overrides, input, contents);
    } catch (ModelFormatException e) {
      throw new UserError(e.getMessage());
    }
  }

  private LoadedModel(
      JavaSparkContext context,
      String directory,
      List<String> overrides,
      Optional<String> input,
      Contents contents) {
    this.directory = directory;
    manifest = contents.manifest();
    JobConfig own = config(directory, manifest, overrides);
    config = input.map(own::reading).orElse(own);
    Configuration hadoop = context.hadoopConfiguration();
    vocabulary = StoredVocabulary.open(hadoop, directory + "/vocabulary");
    if (!vocabulary.fingerprint().equals(manifest.vocabularyFingerprint())) {
      throw new UserError(
          directory + "/vocabulary is damaged: its fingerprint is not that of the manifest");
    }
    NetworkKernels kernels =
        new NetworkKernels(contents.network(), config.compute().kernel()).resolved();
    kernel = kernels.choice().key();
    publisher =
        new ReplicaPublisher(
            context,
            run,
            contents.parameters(),
            new ModelBase(new SerializableConfiguration(hadoop), directory, contents.sha256()));
    scorer = new BlockScorer(kernels, publisher.handle());
  }

  private static JobConfig config(String directory, Manifest manifest, List<String> overrides) {
    if (manifest.job() == null) {
      throw new UserError(
          directory
              + "/"
              + Manifest.FILE
              + " holds no configuration of a training; is it a checkpoint?");
    }
    try {
      String json = new ObjectMapper().writeValueAsString(manifest.job());
      return JobConfigReader.stored(directory, json, overrides);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the manifest's job must be JSON, got " + e, e);
    }
  }

  /** The model directory. */
  public String directory() {
    return directory;
  }

  /** What the model says of itself. */
  public Manifest manifest() {
    return manifest;
  }

  /** The configuration of its training, with the overrides. */
  public JobConfig config() {
    return config;
  }

  /** Its vocabulary. */
  public StoredVocabulary vocabulary() {
    return vocabulary;
  }

  /** Scores encoded rows in tasks. */
  public BlockScorer scorer() {
    return scorer;
  }

  /** Name of the kernel that scores. */
  public String kernel() {
    return kernel;
  }

  @Override
  public void close() {
    publisher.close();
  }
}
