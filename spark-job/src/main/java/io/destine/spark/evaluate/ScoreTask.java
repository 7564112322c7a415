package io.destine.spark.evaluate;

import io.destine.feature.EncodedBatch;
import io.destine.kernel.Forward;
import io.destine.kernel.KernelFactory;
import io.destine.param.Parameters;
import io.destine.spark.replica.ReplicaHandle;
import io.destine.spark.replica.Replicas;
import io.destine.spark.replica.Worker;
import io.destine.spark.source.RowProgress;
import java.io.Serializable;
import java.util.stream.IntStream;

/**
 * Scores encoded rows with one version of the parameters.
 *
 * @param kernels creates kernels of the network
 * @param replica the parameters
 * @param progress counts the rows
 */
public record ScoreTask(KernelFactory kernels, ReplicaHandle replica, RowProgress progress)
    implements Serializable {
  private static final int BLOCK_ROWS = 1024;

  /** The rows with their logits, in order. */
  public ScoredRows score(EncodedBatch rows) {
    double[] logits = new double[rows.rows()];
    int[] order = IntStream.range(0, rows.rows()).toArray();
    double[] block = new double[Math.min(BLOCK_ROWS, rows.rows())];
    Worker worker = Worker.of(replica.run());
    Parameters parameters = Replicas.at(replica);
    Forward forward = worker.borrowForward(kernels);
    try {
      for (int from = 0; from < logits.length; from += BLOCK_ROWS) {
        int to = Math.min(logits.length, from + BLOCK_ROWS);
        forward.logits(parameters, rows.select(order, from, to), block);
        System.arraycopy(block, 0, logits, from, to - from);
      }
    } finally {
      worker.giveBackForward(forward);
    }
    progress.add(rows.rows());
    return new ScoredRows(logits, rows.labels(), rows.weights(), rows.groups());
  }
}
