package io.destine.spark.encode;

import org.apache.spark.Partitioner;

/** Sends key i, an Integer below the number of partitions, to partition i. */
public final class PlacePartitioner extends Partitioner {
  private static final long serialVersionUID = 1;

  private final int partitions;

  /** Sends keys 0 to {@code partitions} - 1. */
  public PlacePartitioner(int partitions) {
    this.partitions = partitions;
  }

  @Override
  public int numPartitions() {
    return partitions;
  }

  @Override
  public int getPartition(Object key) {
    return (Integer) key;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PlacePartitioner that && partitions == that.partitions;
  }

  @Override
  public int hashCode() {
    return partitions;
  }
}
