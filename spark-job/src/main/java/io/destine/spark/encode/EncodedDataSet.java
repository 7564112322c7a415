package io.destine.spark.encode;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldSpec;
import io.destine.spark.conf.UserError;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A stored data set: {@code manifest.json}, {@code vocabulary/}, {@code rows/part-*.blocks} and
 * {@code quarantine/}.
 */
public final class EncodedDataSet {
  private final SparkSession spark;
  private final String directory;
  private final DataSetManifest manifest;

  private EncodedDataSet(SparkSession spark, String directory, DataSetManifest manifest) {
    this.spark = spark;
    this.directory = directory;
    this.manifest = manifest;
  }

  /**
   * The data set in the directory.
   *
   * @throws java.io.UncheckedIOException if there is none
   * @throws UserError if its manifest is damaged or has another format version
   */
  public static EncodedDataSet load(SparkSession spark, String directory) {
    String path = manifestPath(directory);
    String json = new DataFiles(spark.sparkContext().hadoopConfiguration()).read(path);
    return new EncodedDataSet(spark, directory, ManifestFormat.read(json, path));
  }

  /** The manifest of the data set in the directory, if there is one. */
  public static Optional<DataSetManifest> manifest(Configuration hadoop, String directory) {
    String path = manifestPath(directory);
    DataFiles files = new DataFiles(hadoop);
    return files.exists(path)
        ? Optional.of(ManifestFormat.read(files.read(path), path))
        : Optional.empty();
  }

  static String manifestPath(String directory) {
    return directory + "/manifest.json";
  }

  /** The directory of the vocabulary of a data set or a model. */
  public static String vocabularyPath(String directory) {
    return directory + "/vocabulary";
  }

  static String rowsPath(String directory) {
    return directory + "/rows";
  }

  /** The manifest of the data set. */
  public DataSetManifest manifest() {
    return manifest;
  }

  /** The directory of the data set. */
  public String directory() {
    return directory;
  }

  /** The directory of its vocabulary, see {@link StoredVocabulary#open}. */
  public String vocabularyDirectory() {
    return vocabularyPath(directory);
  }

  /** The vocabulary, if it has side tables. */
  public Optional<StoredVocabulary> sideTables() {
    return manifest.stored().fields().equals(manifest.fields().fields())
        ? Optional.empty()
        : Optional.of(
            StoredVocabulary.open(
                spark.sparkContext().hadoopConfiguration(), vocabularyDirectory()));
  }

  /** The fields of the log, as configured or chosen, without crosses and rates. */
  public List<FieldSpec> fields() {
    return StoredVocabulary.open(spark.sparkContext().hadoopConfiguration(), vocabularyDirectory())
        .fields()
        .inputs();
  }

  /** The blocks of a split. */
  public BlockReader blocks(Split split) {
    return new StoredBlocks(
        new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()),
        directory,
        manifest.blocks(split).toArray(Block[]::new),
        manifest.stored(),
        manifest.fingerprint());
  }

  /**
   * The rows of a split: one element per block that has rows. Of n blocks, Spark partition t holds
   * those from t * n / tasks to (t + 1) * n / tasks, exclusive, in ascending order. The blocks are
   * read from the files each time the RDD is computed, without a shuffle; they are not cached.
   *
   * @throws IllegalArgumentException when there are no tasks
   */
  public JavaRDD<EncodedBatch> partitions(Split split, int tasks) {
    if (tasks < 1) {
      throw new IllegalArgumentException("tasks must be at least 1, got " + tasks);
    }
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<BlockReader> blocks = context.broadcast(blocks(split));
    return context
        .parallelize(IntStream.range(0, tasks).boxed().toList(), tasks)
        .flatMap(task -> batches(blocks.value(), task, tasks));
  }

  private static Iterator<EncodedBatch> batches(BlockReader blocks, int task, int tasks) {
    int[] rows = blocks.rows();
    int from = (int) ((long) task * rows.length / tasks);
    int end = (int) ((task + 1L) * rows.length / tasks);
    return IntStream.range(from, end).filter(b -> rows[b] > 0).mapToObj(blocks::read).iterator();
  }

  /**
   * Checks that the directory still holds this data set, since reading does not lock it.
   *
   * @throws UserError if it holds another one or none
   */
  public void requireUnchanged() {
    Optional<DataSetManifest> there =
        manifest(spark.sparkContext().hadoopConfiguration(), directory);
    if (there.isEmpty()
        || !there.get().fingerprint().equals(manifest.fingerprint())
        || !there.get().vocabularyFingerprint().equals(manifest.vocabularyFingerprint())) {
      throw new UserError(replaced(directory));
    }
  }

  static String replaced(String directory) {
    return "output.data: another run has replaced "
        + directory
        + " while this one read it; use a separate output.data for each encoding";
  }
}
