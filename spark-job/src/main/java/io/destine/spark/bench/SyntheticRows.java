package io.destine.spark.bench;

import io.destine.feature.EncodedBatch;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Made-up rows: each field has its share of the vocabulary, small ids are frequent, a quarter of
 * the labels is 1. The same on every machine.
 *
 * @param fields M
 * @param vocabulary V
 * @param rows of all logical partitions
 * @param partitions logical partitions
 */
record SyntheticRows(int fields, int vocabulary, int rows, int partitions) implements Serializable {

  /** One element per logical partition, several to a task. */
  JavaRDD<EncodedBatch> rdd(JavaSparkContext context, int tasks) {
    return context
        .parallelize(IntStream.range(0, tasks).boxed().toList(), tasks)
        .flatMap(task -> batches(task, tasks));
  }

  private Iterator<EncodedBatch> batches(int task, int tasks) {
    int from = (int) ((long) task * partitions / tasks);
    int to = (int) ((task + 1L) * partitions / tasks);
    int[] rowsByPartition = rowsByPartition();
    return IntStream.range(from, to).mapToObj(p -> batch(p, rowsByPartition[p])).iterator();
  }

  /** [P] rows by logical partition. */
  int[] rowsByPartition() {
    int[] rowsByPartition = new int[partitions];
    Arrays.setAll(
        rowsByPartition, p -> (int) ((p + 1L) * rows / partitions - (long) p * rows / partitions));
    return rowsByPartition;
  }

  /** A logical partition with the given number of rows. */
  EncodedBatch batch(int partition, int count) {
    int perField = vocabulary / fields;
    CounterRandom random = CounterRandom.of(partition, Purpose.ROW_ORDER);
    int[] ids = new int[count * fields];
    Arrays.setAll(
        ids, i -> i % fields * perField + (int) (Math.pow(random.uniform(i), 4) * perField));
    float[] labels = new float[count];
    for (int n = 0; n < count; n++) {
      labels[n] = random.at(1).uniform(n) < 0.25 ? 1 : 0;
    }
    return new EncodedBatch(partition, ids, null, null, null, labels, null, null, null);
  }
}
