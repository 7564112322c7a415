package io.destine.spark.ml;

import io.destine.artifact.Manifest;
import io.destine.artifact.ModelReader;
import io.destine.spark.parameters.ModelBase;
import io.destine.spark.predict.LoadedModel;
import io.destine.spark.source.SourceTable;
import io.destine.spark.store.HadoopModelDirectory;
import io.destine.spark.store.Storage;
import java.io.IOException;
import java.io.Serializable;
import java.lang.ref.Cleaner;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a pipeline's model, and the loaded model once it is needed. Copies of a model share
 * one instance. Once the model is no longer referenced, the files of a fit are deleted and memory
 * in executors is freed; files are deleted at the latest when the process ends.
 */
final class ModelFiles implements Serializable {
  private static final long serialVersionUID = 1;
  private static final Logger LOG = LoggerFactory.getLogger(ModelFiles.class);
  private static final Cleaner CLEANER = Cleaner.create();

  /** Added by Spark Connect to a model that it saves on a disk. */
  private static final String CLASS_NAME = "__model_class_name__";

  private final String directory;
  private final String base;

  /** Null if only the model may contain it. */
  private final String timeZone;

  private transient Held held;

  /** The resources to free; must not reference the owning {@code ModelFiles}, even indirectly. */
  private static final class Held implements Runnable {
    private final SparkContext context;
    private final String directory;
    private final String base;
    private LoadedModel model;

    Held(SparkContext context, String directory, String base) {
      this.context = context;
      this.directory = directory;
      this.base = base;
    }

    synchronized LoadedModel model(String directory) {
      if (model == null) {
        model = LoadedModel.open(JavaSparkContext.fromSparkContext(context), directory);
      }
      return model;
    }

    @Override
    public synchronized void run() {
      try {
        if (model != null && !context.isStopped()) {
          model.close();
        }
        model = null;
        if (base != null) {
          deleteNow(context.hadoopConfiguration(), base);
        }
      } catch (Exception e) {
        LOG.warn("Cannot release the memory and files of the model in {}", directory, e);
      }
    }
  }

  private ModelFiles(SparkSession spark, String directory, String base, String timeZone) {
    this.directory = directory;
    this.base = base;
    this.timeZone = timeZone;
    if (spark != null) {
      hold(spark);
    }
  }

  /**
   * A model that is not moved or deleted.
   *
   * @param timeZone of its fit, if it comes from a fit
   */
  static ModelFiles at(String directory, Optional<String> timeZone) {
    return new ModelFiles(null, directory, null, timeZone.orElse(null));
  }

  /**
   * Files of a fit in the session's time zone.
   *
   * @param parent a directory, which need not exist, in which they get their own directory
   */
  static ModelFiles temporary(SparkSession spark, String parent) {
    return temporary(spark, parent, spark.conf().get(SourceTable.TIME_ZONE));
  }

  private static ModelFiles temporary(SparkSession spark, String parent, String timeZone) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Path path = new Path(parent, "destine-" + UUID.randomUUID());
    FileSystem fileSystem = Storage.of(hadoop, path);
    String base = fileSystem.makeQualified(path).toString();
    try {
      fileSystem.mkdirs(path);
      fileSystem.deleteOnExit(path);
    } catch (IOException e) {
      throw Storage.failure("create", path, e);
    }
    return new ModelFiles(spark, base + "/model", base, timeZone);
  }

  /**
   * A copy of a model in the default directory of fits.
   *
   * @param timeZone of its fit, if it comes from a fit
   */
  static ModelFiles copyOf(SparkSession spark, String directory, Optional<String> timeZone) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    ModelFiles copy = temporary(spark, defaultDirectory(spark), timeZone.orElse(null));
    Path from = new Path(directory);
    Path to = new Path(copy.directory);
    new HadoopModelDirectory(Storage.of(hadoop, to), to)
        .copy(new HadoopModelDirectory(Storage.of(hadoop, from), from));
    Storage.delete(Storage.of(hadoop, to), new Path(to, CLASS_NAME));
    return copy;
  }

  /** The Hadoop path of a file or directory on a disk of this machine. */
  static String onDisk(String path) {
    return new Path(java.nio.file.Path.of(path).toUri()).toString();
  }

  /** The default directory of fits. */
  static String defaultDirectory(SparkSession spark) {
    SparkContext context = spark.sparkContext();
    if (context.getCheckpointDir().isDefined()) {
      return context.getCheckpointDir().get();
    }
    if (context.isLocal()) {
      return onDisk(System.getProperty("java.io.tmpdir"));
    }
    try {
      FileSystem fileSystem = FileSystem.get(context.hadoopConfiguration());
      return new Path(fileSystem.getHomeDirectory(), ".destine").toString();
    } catch (IOException e) {
      throw Storage.failure("open the file system of", new Path(".destine"), e);
    }
  }

  private synchronized Held hold(SparkSession spark) {
    if (held == null || held.context.isStopped()) {
      held = new Held(spark.sparkContext(), directory, base);
      CLEANER.register(this, held);
    }
    return held;
  }

  /** The directory of the model. */
  String directory() {
    return directory;
  }

  /** The time zone in which the fit read timestamps; if empty, only the model may contain it. */
  Optional<String> timeZone() {
    return Optional.ofNullable(timeZone);
  }

  /** The size of the files in the directory of the model, in bytes. */
  long bytes() {
    Path path = new Path(directory);
    try {
      return Storage.of(SparkContext.getOrCreate().hadoopConfiguration(), path)
          .getContentSummary(path)
          .getLength();
    } catch (IOException e) {
      throw Storage.failure("read the size of", path, e);
    }
  }

  /** The manifest of the model, without reading its other files. */
  Manifest manifest() {
    return ModelBase.open(SparkContext.getOrCreate().hadoopConfiguration(), directory)
        .read(ModelReader::manifest);
  }

  /** The directory of the encoded rows of a fit. */
  String rows() {
    return base + "/rows";
  }

  /** The loaded model. */
  LoadedModel model(SparkSession spark) {
    return hold(spark).model(directory);
  }

  /** Deletes the encoded rows of a fit. */
  void deleteRows() {
    deleteNow(held.context.hadoopConfiguration(), rows());
  }

  /** Deletes all files of a fit. */
  void delete() {
    deleteNow(held.context.hadoopConfiguration(), base);
  }

  private static void deleteNow(Configuration hadoop, String directory) {
    Path path = new Path(directory);
    FileSystem fileSystem = Storage.of(hadoop, path);
    Storage.delete(fileSystem, path);
    fileSystem.cancelDeleteOnExit(path);
  }
}
