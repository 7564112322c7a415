package io.destine.spark.encode;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.spark.conf.UserError;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Where the rows of a split are and how they are grouped. Executors fetch it once: the file
 * system's settings alone take more bytes than all else that travels with a task.
 *
 * @param rows [P] rows by logical partition
 * @param fingerprint of the data set; rows of another one in its place are refused
 */
record PartitionSource(
    SerializableConfiguration hadoop,
    String directory,
    Split split,
    int[] rows,
    FieldLayout layout,
    String fingerprint)
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
    return partitions.stream().map(this::read).iterator();
  }

  /** Looks at the manifest last: whatever went wrong before may come from a replacement. */
  private EncodedBatch read(int partition) {
    try {
      EncodedBatch batch =
          EncodedDataSet.read(hadoop.value(), directory, split, partition, rows[partition], layout);
      requireSame();
      return batch;
    } catch (UncheckedIOException | IllegalArgumentException e) {
      requireSame();
      throw e;
    }
  }

  private void requireSame() {
    if (EncodedDataSet.manifest(hadoop.value(), directory)
        .filter(manifest -> manifest.fingerprint().equals(fingerprint))
        .isEmpty()) {
      throw new UserError(EncodedDataSet.replaced(directory));
    }
  }
}
