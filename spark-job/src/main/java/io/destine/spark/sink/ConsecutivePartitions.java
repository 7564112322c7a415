package io.destine.spark.sink;

import org.apache.spark.Partition;
import org.apache.spark.rdd.PartitionCoalescer;
import org.apache.spark.rdd.PartitionGroup;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import scala.Option;
import scala.Serializable;

/**
 * Puts consecutive partitions together, so that rows keep their order. Spark's own coalescing puts
 * those together that lie on one machine.
 */
final class ConsecutivePartitions implements PartitionCoalescer, Serializable {
  private static final long serialVersionUID = 1;

  /**
   * The rows of a table, in order, in at most that many partitions. Stages before the last shuffle
   * may run in this call.
   */
  static Dataset<Row> merged(Dataset<Row> table, int most) {
    RDD<InternalRow> rows = table.queryExecution().toRdd();
    // Also where nothing is merged: another plan of the table would run those stages again.
    RDD<InternalRow> merged =
        rows.getNumPartitions() <= most
            ? rows
            : rows.coalesce(most, false, Option.apply(new ConsecutivePartitions()), null);
    return table.sparkSession().internalCreateDataFrame(merged, table.schema(), false);
  }

  @Override
  public PartitionGroup[] coalesce(int most, RDD<?> parent) {
    Partition[] partitions = parent.partitions();
    PartitionGroup[] groups = new PartitionGroup[Math.min(most, partitions.length)];
    for (int g = 0; g < groups.length; g++) {
      groups[g] = new PartitionGroup(Option.empty());
      int end = (int) ((g + 1L) * partitions.length / groups.length);
      for (int p = (int) ((long) g * partitions.length / groups.length); p < end; p++) {
        groups[g].partitions().$plus$eq(partitions[p]);
      }
    }
    return groups;
  }
}
