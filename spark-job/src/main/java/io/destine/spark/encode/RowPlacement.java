package io.destine.spark.encode;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import io.destine.spark.source.CheckedRows;
import java.util.Arrays;
import java.util.Iterator;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Encodes checked rows and puts each in its place: logical partition and order inside it follow
 * from a 64-bit hash of its content and the seed; rows of equal hash are ordered by their numbers,
 * so that only rows that are alike may change places.
 */
final class RowPlacement {
  private static final String[] CONTENT = {
    "ids", "multi", "dense", "label", "weight", "group",
  };

  private static final StructType PLACED =
      new StructType()
          .add("split", DataTypes.StringType, false)
          .add("logical_partition", DataTypes.IntegerType, false)
          .add("place", DataTypes.LongType, false)
          .add("ids", DataTypes.createArrayType(DataTypes.IntegerType, false), false)
          .add(
              "multi",
              DataTypes.createArrayType(
                  DataTypes.createArrayType(DataTypes.IntegerType, false), false),
              false)
          .add("dense", DataTypes.createArrayType(DataTypes.FloatType, false), false)
          .add("label", DataTypes.FloatType, false)
          .add("weight", DataTypes.FloatType, false)
          .add("group", DataTypes.LongType, false);

  private final StoredVocabulary vocabulary;
  private final int logicalPartitions;
  private final long seed;

  RowPlacement(StoredVocabulary vocabulary, int logicalPartitions, long seed) {
    this.vocabulary = vocabulary;
    this.logicalPartitions = logicalPartitions;
    this.seed = seed;
  }

  /** Writes the rows under a directory, one subdirectory per split and logical partition. */
  void write(CheckedRows rows, String directory) {
    StoredVocabulary stored = vocabulary;
    int partitions = logicalPartitions;
    long run = seed;
    int[] columns = rows.fieldColumns();
    MapPartitionsFunction<Row, Row> encode =
        each -> encoded(each, new RowEncoder(stored.encoder(), columns), partitions, run);
    Column[] order = new Column[1 + CONTENT.length];
    order[0] = col("place");
    for (int i = 0; i < CONTENT.length; i++) {
      order[i + 1] = col(CONTENT[i]);
    }
    Dataset<Row> encoded = rows.good().mapPartitions(encode, Encoders.row(PLACED));
    encoded
        .withColumn(
            "position",
            row_number()
                .over(Window.partitionBy("split", "logical_partition").orderBy(order))
                .minus(1))
        .select(
            "split",
            "logical_partition",
            "position",
            "ids",
            "multi",
            "dense",
            "label",
            "weight",
            "group")
        .write()
        .partitionBy("split", "logical_partition")
        .parquet(directory);
  }

  private static Iterator<Row> encoded(
      Iterator<Row> rows, RowEncoder encoder, int partitions, long seed) {
    CounterRandom random = CounterRandom.of(seed, Purpose.PLACEMENT);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Row next() {
        Row row = rows.next();
        encoder.addChecked(row);
        CounterRandom stream = random.at(row.getLong(CheckedRows.HASH));
        return placed(
            Split.values()[row.getInt(CheckedRows.SPLIT)],
            stream.below(partitions, 0),
            stream.bits(1),
            encoder.build(),
            encoder.layout());
      }
    };
  }

  private static Row placed(
      Split split, int partition, long place, EncodedBatch row, FieldLayout layout) {
    int[][] multi = new int[layout.multis()][];
    for (int u = 0; u < multi.length; u++) {
      multi[u] =
          Arrays.copyOfRange(row.multiIds(), row.multiOffsets()[u], row.multiOffsets()[u + 1]);
    }
    return RowFactory.create(
        split.key(),
        partition,
        place,
        row.ids(),
        multi,
        row.dense(),
        row.labels()[0],
        row.weight(0),
        row.groups() == null ? 0L : row.groups()[0]);
  }
}
