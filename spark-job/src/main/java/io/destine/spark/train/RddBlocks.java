package io.destine.spark.train;

import io.destine.feature.EncodedBatch;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.encode.Split;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext$;
import org.apache.spark.rdd.RDD;

/**
 * Blocks of a data set, each the one element of a partition of an RDD.
 *
 * @param rdd is computed from files, without a shuffle
 * @param partitions [P] of it
 * @param rows [P] rows by block
 */
record RddBlocks(RDD<EncodedBatch> rdd, Partition[] partitions, int[] rows) implements BlockReader {

  RddBlocks(EncodedDataSet data, Split split) {
    this(
        data.partitions(split, data.manifest().rowsByPartition().get(split).length).rdd(),
        data.manifest().rowsByPartition().get(split));
  }

  private RddBlocks(RDD<EncodedBatch> rdd, int[] rows) {
    this(rdd, rdd.partitions(), rows);
  }

  @Override
  public EncodedBatch read(int block) {
    return rdd.compute(partitions[block], TaskContext$.MODULE$.empty()).next();
  }
}
