package io.destine.spark.encode;

import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.feature.SideTable;
import io.destine.spark.conf.CrossConfig;
import io.destine.spark.conf.EncodingConfig;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.Rates;
import io.destine.spark.conf.SideTableConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.source.FieldChanges;
import io.destine.spark.source.JobDescription;
import io.destine.spark.source.RowCounts;
import io.destine.spark.source.SourceParts;
import io.destine.spark.source.TableSnapshot;
import io.destine.spark.store.Fence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Encodes tables: rows are read, checked and split, fields are fitted to them, values get ids, and
 * the rows are written as blocks. The directory holds the data set only when it is complete, see
 * {@link DataDirectory}. The same table, settings and earlier vocabulary give the same data set,
 * regardless of partitions and cores.
 */
public final class TableEncoder {

  private final SparkSession spark;
  private final EncodingConfig config;
  private final Optional<StoredVocabulary> earlier;
  private final boolean seen;

  /** An encoder that builds a new vocabulary for each data set. */
  public TableEncoder(SparkSession spark, EncodingConfig config) {
    this(spark, config, Optional.empty());
  }

  /**
   * An encoder that keeps the ids, fitted fields and label rates of an earlier vocabulary, if there
   * is one, and appends new values to it. Since its rates may come from the rows of the table,
   * training rows get the rates of the other folds of the table's rows.
   */
  public TableEncoder(
      SparkSession spark, EncodingConfig config, Optional<StoredVocabulary> earlier) {
    this(spark, config, earlier, true);
  }

  /**
   * The same.
   *
   * @param seen whether the label rates of the earlier vocabulary may come from some of the rows
   */
  TableEncoder(
      SparkSession spark, EncodingConfig config, Optional<StoredVocabulary> earlier, boolean seen) {
    this.spark = spark;
    this.seen = seen;
    this.config =
        config.fields().isEmpty() && earlier.isPresent()
            ? config.withFields(earlier.get().fields().inputs())
            : config;
    this.earlier = earlier;
  }

  /**
   * Encodes a table.
   *
   * @param directory of the data set; an existing data set is replaced
   * @throws UserError if a column is missing or has an unsuitable type, if too many rows are bad,
   *     if the rows cannot be trained on, or if the directory contains something else
   * @throws IllegalArgumentException if the settings split by paths
   */
  public EncodedDataSet encode(Dataset<Row> table, String directory) {
    return encode(table, List.of(), directory);
  }

  /**
   * Encodes a table with side tables.
   *
   * @param sides rows of the side tables of the settings, in order
   */
  public EncodedDataSet encode(Dataset<Row> table, List<Dataset<Row>> sides, String directory) {
    SourceParts source = SourceParts.of(table, config, "the table").with(config.tables(), sides);
    write(
        Optional.empty(),
        Optional.empty(),
        source,
        "the table",
        new DataDirectory(files(), directory, Fence.NONE),
        Optional.empty(),
        "");
    return EncodedDataSet.load(spark, directory);
  }

  private DataFiles files() {
    return new DataFiles(spark.sparkContext().hadoopConfiguration());
  }

  /**
   * Encodes tables.
   *
   * @param read tables that have already been read
   * @param window the days over which values are counted, if other than the days of the rows
   * @param source the other tables
   * @param name of all of them, for messages
   * @param snapshot of the source table; empty when it has none
   * @param made fingerprint of the data set's settings and sources, "" if unknown
   */
  void write(
      Optional<SourceRows> read,
      Optional<CountWindow> window,
      SourceParts source,
      String name,
      DataDirectory target,
      Optional<TableSnapshot> snapshot,
      String made) {
    if (source.open().isEmpty()) {
      config.crosses().require(source.fields());
    }
    target.requireReplaceable();
    RowRoles roles = RowRoles.of(config, source.fields());
    try (EncodingJob job =
            new EncodingJob(
                spark, read.map(SourceRows::job), source, roles, EncodingLimits.DEFAULT);
        JobDescription.Kept caller = JobDescription.keep(spark.sparkContext())) {
      write(job, window, source, name, target, snapshot, made);
    }
  }

  private void write(
      EncodingJob job,
      Optional<CountWindow> window,
      SourceParts source,
      String name,
      DataDirectory target,
      Optional<TableSnapshot> snapshot,
      String made) {
    if (earlier.isPresent()) {
      requireSame(earlier.get(), source);
      earlier
          .get()
          .requireOovBuckets(
              config.vocabulary().oovBuckets(), "the vocabulary " + earlier.get().directory());
    }
    String temporary = target.begin();
    try {
      target.commit(encoded(job, window, source, name, temporary, snapshot, made));
    } catch (Throwable e) {
      target.abandon(e);
      throw e;
    }
  }

  static void requireSame(StoredVocabulary earlier, SourceParts source) {
    String name = "the vocabulary " + earlier.directory();
    List<FieldSpec> found = new ArrayList<>(source.fields());
    found.addAll(SideTableConfig.allFields(source.tables()));
    List<SideTable> tables = SideTableConfig.tables(source.tables());
    FieldChanges.requireNone(earlier.fields().configured(), found, name);
    if (!earlier.fields().tables().equals(tables)) {
      throw new UserError(
          "tables: names and keys of "
              + name
              + " are "
              + words(earlier.fields().tables())
              + ", got "
              + words(tables)
              + "; configure the same side tables, or train a new model");
    }
  }

  private static String words(List<SideTable> tables) {
    return tables.stream()
        .map(table -> table.name() + " (" + table.key() + ", " + table.column() + ")")
        .toList()
        .toString();
  }

  /** Writes the rows and their vocabulary into a directory. */
  private DataSetManifest encoded(
      EncodingJob job,
      Optional<CountWindow> window,
      SourceParts source,
      String name,
      String temporary,
      Optional<TableSnapshot> snapshot,
      String made) {
    SparkContext context = spark.sparkContext();
    JobDescription.set(context, "reading rows");
    List<ColumnChoice> choices = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    Optional<UserError> nothing =
        source.open().isEmpty() ? Optional.empty() : choose(job, source, name, choices, warnings);
    RowStatistics statistics = job.read(config.sampling());
    RowCounts counts = statistics.counts();
    if (counts.bad() > 0) {
      quarantine(job, temporary + "/quarantine");
    }
    counts.check(config, name);
    if (nothing.isPresent()) {
      throw nothing.get();
    }
    statistics.weights(config.weight()).check();
    JobDescription.set(context, "counting values", counts.good());
    Found found =
        earlier
            .map(known -> new Found(known.fields(), FoundCrosses.NONE))
            .orElseGet(() -> fitted(job, statistics.rows(Split.TRAIN)));
    FittedFields fields = found.fields();
    StoredVocabulary vocabulary =
        job.writeVocabulary(
            fields, config.vocabulary(), earlier, seen, window, temporary + "/vocabulary");
    JobDescription.set(context, "encoding rows", counts.good());
    BlockPlan plan =
        new BlockPlan(
            Arrays.stream(Split.values()).mapToLong(statistics::rows).toArray(),
            config.blockRows(),
            context.defaultParallelism(),
            EncodingLimits.DEFAULT.writtenRows(fields.storedLayout()),
            config.split().seed());
    StoredRows stored = job.writeRows(fields, vocabulary, plan, EncodedDataSet.rowsPath(temporary));
    warnings.addAll(0, counts.warnings());
    warnings.addAll(job.tables().warnings());
    FieldDoubts doubts = new FieldDoubts(source, fields, job.values());
    warnings.addAll(doubts.ofValues());
    if (config.fields().isEmpty() && earlier.isEmpty()) {
      warnings.addAll(doubts.ofAllColumns());
    }
    return new DataSetManifest(
        fields.layout(),
        fields.storedLayout(),
        vocabulary.size(),
        stored.blocks(),
        counts.bad(),
        config.sampling(),
        statistics.sampledOut(),
        fields.tables().isEmpty()
            ? stored.fingerprint()
            : JobConfig.sha256(stored.fingerprint() + vocabulary.sha256()),
        vocabulary.fingerprint(),
        vocabulary.sha256(),
        earlier.map(StoredVocabulary::sha256),
        made,
        snapshot,
        job.tables().lines(),
        warnings,
        choices,
        found.crosses());
  }

  /**
   * Chooses the fields by the contents of the columns.
   *
   * @return the problem if no column can be a field; the rows may have a more serious one
   */
  private Optional<UserError> choose(
      EncodingJob job,
      SourceParts source,
      String name,
      List<ColumnChoice> choices,
      List<String> warnings) {
    ChosenFields chosen = ChosenFields.of(source.open(), job.look());
    if (chosen.fields().isEmpty()) {
      List<String> lines = chosen.choices().stream().map(ColumnChoice::line).toList();
      return Optional.of(
          new UserError(
              "fields: no column of " + name + " can be a field: " + String.join("; ", lines)));
    }
    config.crosses().require(chosen.fields());
    job.take(ChosenChunk.of(source.open(), chosen.fields()));
    choices.addAll(chosen.choices());
    warnings.addAll(chosen.warnings());
    return Optional.empty();
  }

  /** Fitted fields with crosses and rates, and the result of the search for crosses. */
  private record Found(FittedFields fields, FoundCrosses crosses) {}

  /** The fields, their crosses (configured ones before found ones), and rates. */
  private Found fitted(EncodingJob job, long trainingRows) {
    FittedFields fields = job.fit();
    FoundCrosses found = FoundCrosses.NONE;
    List<FieldSpec> crosses = new ArrayList<>(config.crosses().specs());
    if (config.crosses().search() == CrossConfig.Search.AUTO) {
      JobDescription.set(spark.sparkContext(), "searching crosses");
      Set<Set<String>> given = new HashSet<>();
      crosses.forEach(cross -> given.add(Set.copyOf(cross.parts())));
      Set<String> names = new HashSet<>();
      fields.specs().forEach(field -> names.add(field.name()));
      FoundCrosses all = job.screen(fields, config.crosses(), trainingRows);
      found =
          new FoundCrosses(
              all.crosses().stream()
                  .filter(cross -> given.add(Set.copyOf(cross.parts())))
                  .filter(cross -> names.add(cross.spec().name()))
                  .toList(),
              config.rates() == Rates.AUTO ? all.rates() : Optional.empty());
      found.crosses().stream().map(FoundCross::spec).forEach(crosses::add);
    }
    FittedFields crossed = fields.with(crosses);
    Rates rates = found.rates().isPresent() ? Rates.NESTED : config.rates();
    return new Found(crossed.with(rates.of(crossed.specs())), found);
  }

  private void quarantine(EncodingJob job, String directory) {
    StructType schema =
        new StructType()
            .add("reason", DataTypes.StringType, false)
            .add("raw", DataTypes.StringType);
    JavaRDD<Row> bad = job.bad().map(row -> RowFactory.create(row._1(), row._2()));
    // By default, Hadoop's settings would decide on compression and thus on the names of the files.
    spark.createDataFrame(bad, schema).write().option("compression", "none").json(directory);
  }
}
