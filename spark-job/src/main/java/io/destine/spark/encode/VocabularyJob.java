package io.destine.spark.encode;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;

import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.Vocabulary;
import io.destine.spark.conf.UserError;
import io.destine.spark.conf.VocabularyConfig;
import io.destine.spark.source.CheckedRows;
import io.destine.spark.source.RowRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Builds a vocabulary on the cluster: counts (field, value) pairs of the training rows, combined
 * before the shuffle, sorts them, numbers them, and writes them as Parquet files of a fixed number
 * of ids each. No value but those of the finished vocabulary reaches the driver.
 */
final class VocabularyJob {
  private static final int IDS_PER_FILE = 1 << 20;

  private static final StructType COUNTED =
      new StructType()
          .add("field", DataTypes.IntegerType, false)
          .add("value", DataTypes.StringType, false)
          .add("date", DataTypes.StringType);

  /** The columns of a stored vocabulary; value, count and first_seen are null for reserved ids. */
  static final StructType STORED =
      new StructType()
          .add("field", DataTypes.StringType, false)
          .add("kind", DataTypes.StringType, false)
          .add("value", DataTypes.StringType)
          .add("id", DataTypes.IntegerType, false)
          .add("count", DataTypes.LongType)
          .add("first_seen", DataTypes.StringType);

  private final SparkSession spark;
  private final FittedFields fields;
  private final VocabularyConfig config;

  VocabularyJob(SparkSession spark, FittedFields fields, VocabularyConfig config) {
    this.spark = spark;
    this.fields = fields;
    this.config = config;
  }

  /** Fits a new vocabulary, or grows the existing one, into the directory. */
  void write(CheckedRows rows, Optional<StoredVocabulary> existing, String directory) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Dataset<Row> counts =
        counts(rows, existing)
            .filter(col("count").geq(config.minCount()))
            .persist(StorageLevel.MEMORY_AND_DISK());
    JavaRDD<Row> sorted =
        counts.orderBy(col("field"), col("count").desc(), col("value")).toJavaRDD();
    JavaPairRDD<Row, Long> numbered = sorted.zipWithIndex();
    JavaRDD<Row> before;
    int[] offsets = new int[fields.fields().size()];
    if (existing.isPresent()) {
      Arrays.fill(offsets, existing.get().size());
      before = spark.read().schema(STORED).parquet(existing.get().directory()).toJavaRDD();
    } else {
      before = context.parallelize(reserve(counts, offsets), 1);
    }
    List<String> names = fields.specs().stream().map(FieldSpec::name).toList();
    JavaRDD<Row> known = numbered.map(pair -> stored(names, offsets, pair._1(), pair._2()));
    JavaRDD<Row> rowsById = before.union(known);
    long size = existing.map(v -> (long) v.size()).orElse(before.count()) + sorted.count();
    requireAllowed(size);
    int files = (int) ((size + IDS_PER_FILE - 1) / IDS_PER_FILE);
    JavaRDD<Row> placed =
        rowsById
            .mapToPair(row -> new Tuple2<>(row.getInt(3), row))
            .repartitionAndSortWithinPartitions(new IdRanges(files))
            .values();
    spark.createDataFrame(placed, STORED).write().parquet(directory);
    counts.unpersist();
  }

  /** Few of the ids of a vocabulary of that size are reserved. */
  private static void requireAllowed(long ids) {
    if (ids > Vocabulary.MOST_VALUES) {
      throw new UserError(
          "the vocabulary has "
              + ids
              + " ids, the limit is "
              + Vocabulary.MOST_VALUES
              + ": raise vocabulary.min-count or lower vocabulary.oov-buckets");
    }
  }

  /** Reserved ids; sets each field's distance from a value's place in the order to its id. */
  private List<Row> reserve(Dataset<Row> counts, int[] offsets) {
    long[] values = new long[offsets.length];
    for (Row row : counts.groupBy("field").count().collectAsList()) {
      values[row.getInt(0)] = row.getLong(1);
    }
    List<Row> reserved = new ArrayList<>();
    long next = 0;
    for (int m = 0; m < offsets.length; m++) {
      FieldSpec spec = fields.fields().get(m).spec();
      if (spec.hasIds()) {
        requireAllowed(next + 1L + config.oovBuckets() + values[m]);
        for (int i = 0; i <= config.oovBuckets(); i++) {
          String kind = (i == 0 ? Vocabulary.Use.MISSING : Vocabulary.Use.OOV).key();
          int id = Math.toIntExact(next + i);
          reserved.add(RowFactory.create(spec.name(), kind, null, id, null, null));
        }
        offsets[m] = reserved.size();
        next += 1 + config.oovBuckets() + values[m];
      }
    }
    return reserved;
  }

  private static Row stored(List<String> names, int[] offsets, Row counted, long place) {
    int m = counted.getInt(0);
    return RowFactory.create(
        names.get(m),
        Vocabulary.Use.VALUE.key(),
        counted.getString(1),
        Math.toIntExact(offsets[m] + place),
        counted.getLong(2),
        counted.getString(3));
  }

  private Dataset<Row> counts(CheckedRows rows, Optional<StoredVocabulary> existing) {
    FittedFields fitted = fields;
    int[] columns = rows.fieldColumns();
    StoredVocabulary known = existing.orElse(null);
    FlatMapFunction<Row, Row> values =
        row ->
            values(
                fitted,
                known == null ? null : known.load(),
                new RowRecord(columns).of(row),
                row.getString(CheckedRows.DATE));
    return rows.training()
        .flatMap(values, Encoders.row(COUNTED))
        .groupBy("field", "value")
        .agg(count(lit(1)).as("count"), min("date").as("first_seen"));
  }

  private static Iterator<Row> values(
      FittedFields fields, Vocabulary existing, RowRecord record, String date) {
    List<Row> values = new ArrayList<>();
    for (int m = 0; m < fields.fields().size(); m++) {
      FittedField field = fields.fields().get(m);
      for (String value : field.vocabularyValues(record.value(m))) {
        if (existing == null || !existing.knows(m, value)) {
          values.add(RowFactory.create(m, value, date));
        }
      }
    }
    return values.iterator();
  }

  /** Files of {@link #IDS_PER_FILE} consecutive ids. */
  private static final class IdRanges extends Partitioner {
    private static final long serialVersionUID = 1;
    private final int files;

    IdRanges(int files) {
      this.files = files;
    }

    @Override
    public int numPartitions() {
      return files;
    }

    @Override
    public int getPartition(Object id) {
      return (Integer) id / IDS_PER_FILE;
    }
  }
}
