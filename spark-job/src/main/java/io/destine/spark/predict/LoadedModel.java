package io.destine.spark.predict;

import io.destine.artifact.Manifest;
import io.destine.artifact.ModelFormatException;
import io.destine.artifact.ModelReader;
import io.destine.feature.FittedFields;
import io.destine.kernel.KernelChoice;
import io.destine.model.Destine;
import io.destine.model.NetworkKernels;
import io.destine.param.Parameters;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.evaluate.ScoreTask;
import io.destine.spark.parameters.ModelBase;
import io.destine.spark.parameters.ModelParameters;
import io.destine.spark.source.RowProgress;
import io.destine.spark.source.SourceValues;
import io.destine.spark.store.CurrentModel;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A published model ready to score rows on the cluster: its vocabulary and parameters. Closing it
 * frees its broadcast, and its parameters in this JVM and in reachable executors; in others the
 * garbage collector may reclaim them.
 */
public final class LoadedModel implements AutoCloseable {
  private final String directory;
  private final Manifest manifest;
  private StoredVocabulary vocabulary;
  private final JavaSparkContext context;
  private final String manifestSha256;
  private final NetworkKernels kernels;
  private final String kernel;
  private final String run = UUID.randomUUID().toString();
  private final ModelParameters parameters;

  /**
   * The parts of a model that the driver reads.
   *
   * @param parameters null on a cluster, where executors read them and the driver does not need
   *     them
   */
  private record Contents(
      Manifest manifest,
      String sha256,
      Destine network,
      StoredVocabulary vocabulary,
      Parameters parameters) {
    /** Also checks files that executors will read, so that an error can name a damaged one. */
    static Contents of(ModelReader reader, JavaSparkContext context) {
      boolean local = context.isLocal();
      requireRoom(reader, local ? Runtime.getRuntime().maxMemory() : executorHeap(context), local);
      reader.verify("vocabulary/");
      reader.verify(ModelReader.VERIFICATION);
      if (!local) {
        reader.verifyParameters();
      }
      return new Contents(
          reader.manifest(),
          reader.manifestSha256(),
          reader.network(),
          StoredVocabulary.ofModel(context.hadoopConfiguration(), reader),
          local ? reader.parameters() : null);
    }
  }

  private static long executorHeap(JavaSparkContext context) {
    return context.getConf().getSizeAsBytes("spark.executor.memory", "1g");
  }

  /**
   * Rejects a model whose parameters alone are larger than the heap that is to hold them.
   *
   * @param heap bytes
   */
  static void requireRoom(ModelReader reader, long heap, boolean local) {
    Manifest manifest = reader.manifest();
    long numbers = reader.network().layout().parameterCount(manifest.vocabularySize());
    long bytes = numbers * Float.BYTES;
    if (bytes >= heap) {
      throw new UserError(
          String.format(
              Locale.ROOT,
              "%s: the parameters of the model take %,d MiB, more than the heap of %s, %,d MiB;"
                  + " raise it with %s",
              reader.location(),
              bytes >> 20,
              local ? "this process" : "an executor",
              heap >> 20,
              local ? "--driver-memory" : "--executor-memory"));
    }
  }

  /**
   * Opens a model that scores with the kernel configured for its training.
   *
   * @param path of the model, or of a directory whose live model is opened
   * @throws UserError if there is no model or it is damaged
   */
  public static LoadedModel open(JavaSparkContext context, String path) {
    return open(context, path, Optional.empty());
  }

  /**
   * Opens a model.
   *
   * @param path of the model, or of a directory whose live model is opened
   * @param kernel that computes the logits
   * @throws UserError if there is no model, it is damaged, or the kernel does not support it
   */
  public static LoadedModel open(JavaSparkContext context, String path, KernelChoice kernel) {
    return open(context, path, Optional.of(kernel));
  }

  private static LoadedModel open(
      JavaSparkContext context, String path, Optional<KernelChoice> kernel) {
    try {
      String directory = CurrentModel.resolve(context.hadoopConfiguration(), path);
      Contents contents =
          ModelBase.open(context.hadoopConfiguration(), directory)
              .read(reader -> Contents.of(reader, context));
      return new LoadedModel(
          context,
          directory,
          kernel.orElseGet(() -> configured(directory, contents.manifest())),
          contents);
    } catch (ModelFormatException e) {
      throw new UserError(e.getMessage());
    }
  }

  private static KernelChoice configured(String directory, Manifest manifest) {
    return manifest.job() == null
        ? KernelChoice.AUTO
        : StoredJob.config(directory, manifest, List.of(), false).compute().kernel();
  }

  private LoadedModel(
      JavaSparkContext context, String directory, KernelChoice choice, Contents contents) {
    this.context = context;
    this.directory = directory;
    manifest = contents.manifest();
    manifestSha256 = contents.sha256();
    Configuration hadoop = context.hadoopConfiguration();
    vocabulary = contents.vocabulary();
    kernels = new NetworkKernels(contents.network(), choice);
    kernel = kernels.forward().name();
    ModelBase base =
        new ModelBase(new SerializableConfiguration(hadoop), directory, contents.sha256());
    parameters = ModelParameters.of(context, run, base);
    if (contents.parameters() != null) {
      parameters.have(contents.parameters());
    }
  }

  /** The model directory. */
  public String directory() {
    return directory;
  }

  /** The manifest of the model. */
  public Manifest manifest() {
    return manifest;
  }

  /** SHA-256 of its manifest, which identifies it. */
  public String manifestSha256() {
    return manifestSha256;
  }

  /** Its vocabulary. */
  public StoredVocabulary vocabulary() {
    return vocabulary;
  }

  /** From now on, scores with other rows of its side tables. */
  public void use(StoredVocabulary other) {
    vocabulary = other;
  }

  /** Scores encoded rows in tasks, with a new progress counter. */
  ScoreTask scorer() {
    return scorer(null);
  }

  /**
   * Scores stored rows, which have the {@link FittedFields#storedLayout}, in tasks.
   *
   * @param tables the vocabulary with the side tables of the rows, if it has any
   */
  ScoreTask scorer(StoredVocabulary tables) {
    return new ScoreTask(
        kernels,
        parameters,
        manifest.logitMap(),
        tables == null || tables.fields().tables().isEmpty() ? null : tables,
        RowProgress.of(context.sc()));
  }

  /** Its network. */
  public Destine network() {
    return kernels.network();
  }

  /** Its parameters, for tasks. */
  ModelParameters parameters() {
    return parameters;
  }

  /** Name of the kernel used for scoring. */
  public String kernel() {
    return kernel;
  }

  /**
   * The table with two more columns: {@code probability}, the probability that the label is 1, and
   * {@code probability_reason}, why a row has none. Timestamps are read in the time zone of the
   * training if the model records it, otherwise in the session's. Lazy: the model must stay open
   * until the rows have been computed.
   *
   * @throws UserError if a column of a field is missing or has an unsuitable type, or if one of
   *     these names is already used
   */
  public Dataset<Row> score(Dataset<Row> table) {
    return scored(table, PredictionSettings.all(), Optional.empty());
  }

  /**
   * The table with a column of the logits of the probability that the label is 1 and, if requested,
   * a column of explanations. Lazy, like {@link #score}.
   *
   * @param zone the time zone of the training, if the model does not record it
   * @throws UserError if a column of a field is missing or has an unsuitable type, or if a name is
   *     already used
   */
  public Dataset<Row> logits(Dataset<Row> table, LogitColumns columns, Optional<String> zone) {
    return scored(table, PredictionSettings.of(columns), zone);
  }

  /**
   * The embeddings as a table with a row for each id: {@code field}, the field of the id, or the
   * first of the fields that share it; {@code use}, the meaning of the id: a {@code value}, a
   * {@code missing} value, unknown values ({@code oov}), or all values of a hash bucket or of a
   * bucket of label rates ({@code hashed}); {@code value}; {@code count}, its occurrences in the
   * training rows from which it got its id (both null without a value); {@code id}; and {@code
   * vector}, of floats. In no particular order. Lazy, like {@link #score}.
   */
  public Dataset<Row> embeddings(SparkSession spark) {
    return embeddings(spark, null);
  }

  /**
   * The same.
   *
   * @param kept an object that must not be freed before the table
   */
  public Dataset<Row> embeddings(SparkSession spark, Serializable kept) {
    return new EmbeddingTable(parameters, kept).of(spark, vocabulary);
  }

  private Dataset<Row> scored(
      Dataset<Row> table, PredictionSettings settings, Optional<String> zone) {
    SourceValues values = SourceValues.of(table.sparkSession(), timeZone().or(() -> zone));
    return new TableScorer(this, table, "the table", settings, values).scored();
  }

  /** The time zone in which the training read timestamps, if the model records it. */
  private Optional<String> timeZone() {
    return Optional.ofNullable(manifest.job())
        .map(job -> job.get("source") instanceof Map<?, ?> source ? source.get("time-zone") : null)
        .map(Object::toString);
  }

  @Override
  public void close() {
    parameters.release(context);
  }
}
