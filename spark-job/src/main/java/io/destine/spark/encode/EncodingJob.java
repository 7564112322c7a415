package io.destine.spark.encode;

import io.destine.artifact.VocabularyIndex;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.spark.conf.CrossConfig;
import io.destine.spark.conf.Sampling;
import io.destine.spark.conf.SideTableConfig;
import io.destine.spark.conf.VocabularyConfig;
import io.destine.spark.source.JobDescription;
import io.destine.spark.source.RawColumns;
import io.destine.spark.source.RowProgress;
import io.destine.spark.source.SourceParts;
import io.destine.spark.source.SourceValues;
import io.destine.spark.source.SplitRule;
import io.destine.spark.source.TableBatches;
import io.destine.spark.store.TaskDirectory;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Encodes tables into blocks of rows, on the cluster. Rows are read once, into {@link Chunk}s that
 * executors keep; after that no raw rows are sent. No JVM holds the vocabulary: each chunk's
 * distinct values go to the shards of the vocabulary, and their ids come back.
 *
 * <ol>
 *   <li>{@link #look} and {@link #take}, if no fields are configured: summaries of the values
 *       ({@link ColumnSketch}), and chunks of the chosen fields;
 *   <li>{@link #read}: chunks, their equal rows ({@link RepeatedRows}), counts and weights of rows;
 *   <li>{@link #fit} and {@link #screen}: cut points and means, crosses;
 *   <li>{@link #writeVocabulary}: counts of values by shard, ids ({@link IdPlan}), files;
 *   <li>{@link #writeRows}: ids sent to the chunks, rows sent to their blocks ({@link BlockPlan}),
 *       files.
 * </ol>
 */
final class EncodingJob implements AutoCloseable {
  static final StorageLevel KEPT = StorageLevel.MEMORY_AND_DISK();
  private final SparkSession spark;
  private final JavaSparkContext context;
  private RowRoles roles;
  private final EncodingLimits limits;
  private final List<SplitRule> rules;
  private JavaRDD<Chunk> chunks;

  /** Chunks of this job, freed once the chunks that replace them have been read. */
  private final List<JavaRDD<?>> replaced = new ArrayList<>();

  /** Number of partitions of the chunks read by another job. */
  private final int firstPartitions;

  private final List<JavaRDD<?>> kept = new ArrayList<>();
  private JavaRDD<SplitChunk> rows;

  /** The rows of the log and, in later partitions, the rows of side tables. */
  private JavaRDD<SplitChunk> all;

  private final SideTableChunks tables;
  private final SourceValues sourceValues;

  /** The ids of the values of all chunks, by the partitions of {@link #all}. */
  private JavaRDD<Tuple2<Integer, byte[]>> ids;

  private long distinct;
  private double prior = Double.NaN;
  private long trainingRows;
  private long[] values = {};

  /** Partition, counts and fingerprint of a chunk, for the driver. */
  private record Size(int input, long rows, long distinct, long fingerprint)
      implements Serializable {}

  EncodingJob(SparkSession spark, SourceParts source, RowRoles roles, EncodingLimits limits) {
    this(spark, Optional.empty(), source, roles, limits);
  }

  /**
   * A job over several tables, some of which another job has read.
   *
   * @param first a job of the same columns, which stays open as long as this one
   * @param source the other tables
   */
  EncodingJob(
      SparkSession spark,
      Optional<EncodingJob> first,
      SourceParts source,
      RowRoles roles,
      EncodingLimits limits) {
    this.spark = spark;
    this.roles = roles;
    this.limits = limits;
    context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    rules = new ArrayList<>();
    first.ifPresent(job -> rules.addAll(job.rules));
    tables = new SideTableChunks(source.sides(), limits);
    sourceValues = SourceValues.of(spark);
    JavaRDD<Chunk> all = first.map(job -> job.chunks).orElse(null);
    firstPartitions = all == null ? 0 : all.getNumPartitions();
    for (SourceParts.Part part : source.parts()) {
      JavaRDD<Chunk> of =
          keep(chunks(part.table(), part.rule(), rules.size(), roles, sourceValues, limits));
      rules.add(part.rule());
      all = all == null ? of : all.union(of);
    }
    chunks = all;
  }

  private <T> JavaRDD<T> keep(JavaRDD<T> rdd) {
    kept.add(rdd);
    return rdd.persist(KEPT);
  }

  private static JavaRDD<Chunk> chunks(
      Dataset<Row> rows,
      SplitRule rule,
      int part,
      RowRoles roles,
      SourceValues values,
      EncodingLimits limits) {
    TableBatches table = TableBatches.of(rows, roles.columns());
    RowProgress progress = RowProgress.of(rows.sparkSession().sparkContext());
    StructType schema = table.schema();
    RowRoles.Names names = roles.names();
    return table
        .batches()
        .mapPartitions(
            batches -> {
              RawColumns columns = new RawColumns(schema, values);
              return new ChunkReader(
                  batches, () -> new ChunkBuilder(names, columns, rule, part, limits), progress);
            });
  }

  /**
   * Summarises the columns, before fields are chosen.
   *
   * @return [fields]
   */
  List<ColumnSketch> look() {
    int fields = roles.fields().size();
    List<SplitRule> of = rules;
    if (chunks.getNumPartitions() == 0) {
      return List.of(ColumnSketches.empty(fields));
    }
    return List.of(
        chunks
            .mapPartitions(
                each -> Collections.singleton(ColumnSketches.of(each, of, fields)).iterator())
            .treeReduce(ColumnSketches::merged));
  }

  /** Continues with the fields chosen for the columns; the columns are not read again. */
  void take(ChosenChunk chosen) {
    roles = roles.with(chosen.fields());
    replaced.addAll(kept);
    int others = roles.inputs() - roles.fields().size();
    chunks = keep(chunks.map(chunk -> chosen.of(chunk, others)));
  }

  /** Reads all rows without sampling. */
  RowStatistics read() {
    return read(Sampling.NONE);
  }

  /**
   * Reads all rows.
   *
   * @param sampling of the training rows
   * @return good rows by split and label, bad rows, and weights
   */
  RowStatistics read(Sampling sampling) {
    List<Size> sizes = chunks.mapPartitionsWithIndex(EncodingJob::sizes, false).collect();
    replaced.forEach(rdd -> rdd.unpersist(false));
    replaced.clear();
    long total = sizes.stream().mapToLong(Size::rows).sum();
    JobDescription.set(context.sc(), "finding equal rows");
    distinct = sizes.stream().mapToLong(Size::distinct).sum();
    List<List<Long>> fingerprints = new ArrayList<>();
    for (int input = 0; input < chunks.getNumPartitions(); input++) {
      fingerprints.add(new ArrayList<>());
    }
    sizes.forEach(size -> fingerprints.get(size.input()).add(size.fingerprint()));
    Broadcast<SplitChunk.Context> splitting =
        context.broadcast(new SplitChunk.Context(rules, fingerprints, sampling));
    rows =
        chunks.zipPartitions(
            RepeatedRows.of(chunks, total, limits.taskRows()).map(packet -> packet),
            (each, repeated) -> SplitChunk.of(each, repeated, splitting.value()));
    all = rows;
    if (!tables.isEmpty()) {
      readTables(total);
    }
    RowStatistics statistics = RowStatistics.of(rows);
    prior = statistics.prior();
    trainingRows = statistics.rows(Split.TRAIN);
    return statistics;
  }

  /** Reads side tables, and matches their rows with the keys of the log. */
  private void readTables(long logRows) {
    JobDescription.set(context.sc(), "reading side tables");
    JavaRDD<Chunk> read = null;
    for (int t = 0; t < tables.sides().size(); t++) {
      SourceParts.Side side = tables.sides().get(t);
      SourceValues values = SourceValues.of(spark, side.config().source().form().timeZone());
      RowRoles of = roles.ofTable(tables.configs(), t);
      JavaRDD<Chunk> each = keep(chunks(side.rows(), SplitRule.always(0), -1, of, values, limits));
      read = read == null ? each : read.union(each);
    }
    all = tables.named(rows, logRows, read);
    rows = all.filter(split -> split.chunk().table < 0);
  }

  /** The side tables of the rows that have been read. */
  SideTableChunks tables() {
    return tables;
  }

  private static Iterator<Size> sizes(int input, Iterator<Chunk> chunks) {
    List<Size> sizes = new ArrayList<>();
    while (chunks.hasNext()) {
      Chunk chunk = chunks.next();
      sizes.add(new Size(input, chunk.rows, chunk.distinct(), chunk.fingerprint()));
    }
    return sizes.iterator();
  }

  /** The reason and text of each bad row. */
  JavaRDD<Tuple2<String, String>> bad() {
    return chunks.flatMap(
        chunk -> {
          List<Tuple2<String, String>> bad = new ArrayList<>();
          for (int i = 0; i < chunk.reasons.size(); i++) {
            bad.add(new Tuple2<>(chunk.reasons.get(i), chunk.texts.get(i)));
          }
          return bad.iterator();
        });
  }

  /** The fields, fitted to the training rows. */
  FittedFields fit() {
    List<FieldSpec> fields = new ArrayList<>(roles.fields());
    fields.addAll(SideTableConfig.allFields(tables.configs()));
    return FieldFitter.fit(spark, fields, SideTableConfig.tables(tables.configs()), all);
  }

  /**
   * Searches for crosses of the fields in the training rows.
   *
   * @param trainingRows their number
   */
  FoundCrosses screen(FittedFields fields, CrossConfig config, long trainingRows) {
    return new CrossScreening(context, fields, config).run(rows, trainingRows);
  }

  /**
   * Counts values and writes the vocabulary.
   *
   * @param earlier a vocabulary of the same fields, whose ids are kept
   * @param seen whether its label rates may come from some of the rows
   * @param window the days over which values are counted, if other than the days of the rows
   */
  StoredVocabulary writeVocabulary(
      FittedFields fields,
      VocabularyConfig config,
      Optional<StoredVocabulary> earlier,
      boolean seen,
      Optional<CountWindow> window,
      String directory) {
    ShardRates.Plan rates =
        earlier.isPresent() && !seen
            ? ShardRates.Plan.of(fields)
            : ShardRates.Plan.of(fields, prior, earlier.isPresent());
    JavaRDD<MergedShard> merged =
        keep(merged(context.broadcast(fields), earlier, window.orElse(null), rates));
    List<FieldSpec> specs = fields.specs();
    IdBounds bounds = IdBounds.of(config, fields, trainingRows);
    int count = specs.size();
    List<IdPlan.ShardCounts> counts =
        merged.mapPartitions(each -> IdPlan.ShardCounts.of(each, count, bounds)).collect();
    int oovBuckets = earlier.map(StoredVocabulary::oovBuckets).orElse(config.oovBuckets());
    int[] mostValues = specs.stream().mapToInt(field -> config.mostValues(field.name())).toArray();
    IdPlan plan = IdPlan.of(fields, oovBuckets, earlier, mostValues, counts);
    values = plan.values();
    Broadcast<IdPlan> planned = context.broadcast(plan);
    JavaRDD<NumberedShard> shards = keep(numbered(merged, rates.asks(), planned, bounds));
    ids = ids(shards);
    Broadcast<SerializableConfiguration> hadoop = hadoop();
    List<NumberedShard.Part> parts =
        new ArrayList<>(
            shards.map(shard -> shard.write(hadoop.value().value(), directory)).collect());
    parts.sort(Comparator.comparingInt(NumberedShard.Part::shard));
    List<NumberedShard.Part> pending = new ArrayList<>();
    if (window.isPresent()) {
      CountWindow days = window.get();
      shards
          .map(shard -> shard.writePending(hadoop.value().value(), directory, days))
          .filter(Objects::nonNull)
          .collect()
          .forEach(pending::add);
      pending.sort(Comparator.comparingInt(NumberedShard.Part::shard));
    }
    List<VocabularyIndex.Part> keyFiles = List.of();
    List<VocabularyIndex.Table> content = List.of();
    if (!tables.isEmpty()) {
      keyFiles = tables.writeKeys(hadoop, directory);
      content = tables.write(all, ids, fields, plan.missing(), hadoop, directory);
    }
    removeUnfinished(directory);
    return StoredVocabulary.complete(
        context.hadoopConfiguration(), directory, fields, plan, parts, pending, keyFiles, content);
  }

  /**
   * Encodes only the rows of side tables, with a vocabulary that does not grow.
   *
   * @param directory for the files
   * @return the vocabulary with these rows
   */
  StoredVocabulary encodeTables(StoredVocabulary vocabulary, String directory) {
    rows = context.<SplitChunk>emptyRDD();
    readTables(0);
    ids = ids(known(vocabulary));
    Broadcast<SerializableConfiguration> hadoop = hadoop();
    List<VocabularyIndex.Part> keys = tables.writeKeys(hadoop, directory);
    List<VocabularyIndex.Table> content =
        tables.write(all, ids, vocabulary.fields(), vocabulary.missing(), hadoop, directory);
    removeUnfinished(directory);
    return vocabulary.with(directory, keys, content);
  }

  private void removeUnfinished(String directory) {
    TaskDirectory.of(context.hadoopConfiguration(), directory).removeUnfinished();
  }

  /**
   * The values with their ids.
   *
   * @param asks whether rates of values need those of contained values
   */
  private static JavaRDD<NumberedShard> numbered(
      JavaRDD<MergedShard> merged, boolean asks, Broadcast<IdPlan> plan, IdBounds bounds) {
    if (!asks) {
      return merged.map(
          shard -> NumberedShard.of(shard, plan.value(), bounds, ContainedRates.NONE));
    }
    return merged.zipPartitions(
        ContainedRates.exchanged(merged, bounds),
        (each, answered) -> {
          MergedShard shard = each.next();
          ContainedRates contained = ContainedRates.of(shard, bounds, answered);
          return List.of(NumberedShard.of(shard, plan.value(), bounds, contained)).iterator();
        });
  }

  private JavaRDD<Tuple2<Integer, byte[]>> ids(JavaRDD<NumberedShard> of) {
    return of.flatMapToPair(NumberedShard::packets)
        .partitionBy(new PlacePartitioner(all.getNumPartitions()))
        .map(packet -> packet);
  }

  /** The values of the chunks, and of an earlier vocabulary, by shard. */
  private JavaRDD<MergedShard> merged(
      Broadcast<FittedFields> fields,
      Optional<StoredVocabulary> earlier,
      CountWindow window,
      ShardRates.Plan rates) {
    int bits = limits.shardBits(distinct + earlier.map(v -> (long) v.size()).orElse(0L));
    RowProgress progress = RowProgress.of(context.sc());
    JavaPairRDD<Integer, byte[]> packets =
        all.mapPartitionsWithIndex(
                (input, each) -> ChunkValues.packets(input, each, fields.value(), bits, progress),
                false)
            .mapToPair(packet -> packet);
    if (earlier.isPresent()) {
      packets = packets.union(earlier.get().packets(context, bits));
    }
    if (earlier.isPresent() && window != null) {
      packets = packets.union(earlier.get().pendingPackets(context, bits, window));
    }
    int newest = firstPartitions;
    return packets
        .partitionBy(new PlacePartitioner(1 << bits))
        .map(packet -> packet)
        .mapPartitionsWithIndex(
            (shard, each) -> MergedShard.of(shard, each, newest, window, rates), true);
  }

  /**
   * The rows with the ids of a vocabulary of the same fields, which does not grow, in table order;
   * lazy. No task holds the vocabulary.
   *
   * @param split selects rows; all if empty
   */
  JavaRDD<EncodedBatch> encoded(StoredVocabulary vocabulary, Optional<Split> split) {
    Broadcast<FittedFields> fields = context.broadcast(vocabulary.fields());
    int[] missing = vocabulary.missing();
    int wanted = split.map(Split::ordinal).orElse(-1);
    return rows.zipPartitions(
        ids(known(vocabulary)),
        (each, own) ->
            EncodedChunk.batches(
                each, own, fields.value(), missing, vocabulary.sideTables(), wanted));
  }

  /** The values of the chunks with the ids of a vocabulary that does not grow. */
  private JavaRDD<NumberedShard> known(StoredVocabulary vocabulary) {
    JavaRDD<MergedShard> merged =
        merged(
            context.broadcast(vocabulary.fields()),
            Optional.of(vocabulary),
            null,
            ShardRates.Plan.of(vocabulary.fields()));
    Broadcast<IdPlan> plan = context.broadcast(IdPlan.known(vocabulary, merged.getNumPartitions()));
    return numbered(merged, false, plan, IdBounds.NONE);
  }

  /** [fields] number of values of the vocabulary with their own ids. */
  long[] values() {
    return values.clone();
  }

  private Broadcast<SerializableConfiguration> hadoop() {
    return context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
  }

  /** Encodes the rows and writes them as blocks. */
  StoredRows writeRows(
      FittedFields fields, StoredVocabulary vocabulary, BlockPlan plan, String directory) {
    RowProgress progress = RowProgress.of(context.sc());
    Broadcast<FittedFields> fitted = context.broadcast(fields);
    int[] missing = vocabulary.missing();
    FieldLayout layout = fields.storedLayout();
    Broadcast<SerializableConfiguration> hadoop = hadoop();
    List<BlockFile.Written> written =
        all.zipPartitions(
                ids,
                (each, own) ->
                    EncodedChunk.packets(each, own, fitted.value(), missing, plan, progress))
            .mapToPair(packet -> packet)
            .partitionBy(new PlacePartitioner(plan.tasks()))
            .map(packet -> packet)
            .mapPartitionsWithIndex(
                (file, packets) ->
                    BlockFile.write(hadoop.value().value(), directory, file, packets, layout, plan),
                false)
            .collect();
    removeUnfinished(directory);
    return StoredRows.of(written, plan);
  }

  /** Drops the chunks, like the loss of all executors; they are read again when needed. */
  void forgetChunks() {
    kept.forEach(rdd -> rdd.unpersist(true));
  }

  /** Frees the memory of the cluster. */
  @Override
  public void close() {
    kept.forEach(rdd -> rdd.unpersist(false));
    tables.close();
  }
}
