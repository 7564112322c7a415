package io.destine.spark.encode;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Where the rows of a split are and how they are grouped. Executors fetch it once: the file
 * system's settings alone take more bytes than all else that travels with a task.
 *
 * @param rows [P] rows by logical partition
 */
record PartitionSource(
    SerializableConfiguration hadoop, String directory, Split split, int[] rows, FieldLayout layout)
    implements Serializable {

  /** The non-empty logical partitions of a task, ascending, read one after the other. */
  Iterator<EncodedBatch> batches(int task, int tasks) {
    List<Integer> partitions = new ArrayList<>();
    int end = (int) ((task + 1L) * rows.length / tasks);
    for (int p = (int) ((long) task * rows.length / tasks); p < end; p++) {
      if (rows[p] > 0) {
        partitions.add(p);
      }
    }
    return partitions.stream()
        .map(p -> EncodedDataSet.read(hadoop.value(), directory, split, p, rows[p], layout))
        .iterator();
  }
}
