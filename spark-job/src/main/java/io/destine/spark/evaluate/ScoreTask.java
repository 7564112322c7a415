package io.destine.spark.evaluate;

import io.destine.feature.EncodedBatch;
import io.destine.kernel.Kernel;
import io.destine.kernel.KernelFactory;
import io.destine.param.Parameters;
import io.destine.spark.replica.ReplicaHandle;
import io.destine.spark.replica.Replicas;
import io.destine.spark.replica.Worker;
import java.io.Serializable;
import java.util.stream.IntStream;

/**
 * Scores logical partitions with one version of the parameters.
 *
 * @param kernels creates kernels of the network
 * @param replica the parameters
 */
public record ScoreTask(KernelFactory kernels, ReplicaHandle replica) implements Serializable {
  private static final int BLOCK_ROWS = 1024;

  /** The rows of a partition with their logits, in order. */
  public ScoredRows score(EncodedBatch partition) {
    double[] logits = new double[partition.rows()];
    int[] order = IntStream.range(0, partition.rows()).toArray();
    double[] block = new double[Math.min(BLOCK_ROWS, partition.rows())];
    Worker worker = Worker.of(replica.run());
    Parameters parameters = Replicas.at(replica);
    Kernel kernel = worker.borrow(kernels);
    try {
      for (int from = 0; from < logits.length; from += BLOCK_ROWS) {
        int to = Math.min(logits.length, from + BLOCK_ROWS);
        kernel.logits(parameters, partition.select(order, from, to), block);
        System.arraycopy(block, 0, logits, from, to - from);
      }
    } finally {
      worker.giveBack(kernel);
    }
    return new ScoredRows(logits, partition.labels(), partition.weights(), partition.groups());
  }
}
