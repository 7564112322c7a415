package io.destine.spark.source;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.xxhash64;

import io.destine.feature.RecordHash;
import java.util.Arrays;
import java.util.Iterator;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Tells rows of equal content apart by numbering them: the k-th of them gets a hash, and so a split
 * and a place, of its own. Were they to stay together, a table of few distinct rows would be torn
 * by label: all clicks of a record in one split, all others of it in another. The hash leaves out
 * the weight, by which equal rows are ordered; which of those of equal weight is the k-th does not
 * matter, so the result is the same for any order and partitioning.
 */
final class Occurrences {
  private Occurrences() {}

  /** Checked rows with hash and split by content and number; costs one shuffle. */
  static Dataset<Row> number(Dataset<Row> checked, SplitRule rule) {
    MapPartitionsFunction<Row, Row> number = rows -> new Numbering(rows, rule);
    int cores = checked.sparkSession().sparkContext().defaultParallelism();
    int partitions = Math.max(cores, checked.rdd().getNumPartitions());
    return checked
        .repartition(partitions, coalesce(col("hash"), xxhash64(col("row"))))
        .sortWithinPartitions("hash", "weight")
        .mapPartitions(number, Encoders.row(checked.schema()));
  }

  private static final class Numbering implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final SplitRule rule;
    private long last;
    private long count;

    Numbering(Iterator<Row> rows, SplitRule rule) {
      this.rows = rows;
      this.rule = rule;
    }

    @Override
    public boolean hasNext() {
      return rows.hasNext();
    }

    @Override
    public Row next() {
      Row row = rows.next();
      if (row.isNullAt(CheckedRows.HASH)) {
        return row;
      }
      long hash = row.getLong(CheckedRows.HASH);
      count = count > 0 && hash == last ? count + 1 : 1;
      last = hash;
      return count == 1 ? row : renumbered(row, RecordHash.combine(hash, count));
    }

    private Row renumbered(Row row, long hash) {
      Object[] values = new Object[row.size()];
      Arrays.setAll(values, row::get);
      values[CheckedRows.HASH] = hash;
      values[CheckedRows.SPLIT] =
          rule.split(hash, row.getLong(CheckedRows.KEY), row.getString(CheckedRows.DATE));
      return RowFactory.create(values);
    }
  }
}
