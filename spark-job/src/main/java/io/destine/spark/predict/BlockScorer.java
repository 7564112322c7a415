package io.destine.spark.predict;

import io.destine.feature.EncodedBatch;
import io.destine.kernel.Forward;
import io.destine.kernel.KernelFactory;
import io.destine.spark.replica.ReplicaHandle;
import io.destine.spark.replica.Replicas;
import io.destine.spark.replica.Worker;
import java.io.Serializable;

/**
 * Scores blocks of encoded rows inside tasks.
 *
 * @param kernels creates kernels of the network
 * @param replica the parameters
 */
record BlockScorer(KernelFactory kernels, ReplicaHandle replica) implements Serializable {
  /** Rows of a block: enough to fill a kernel's lanes, few enough to stay in cache. */
  static final int ROWS = 1024;

  /** The logits of a block, [rows]. */
  double[] logits(EncodedBatch block) {
    double[] logits = new double[block.rows()];
    Worker worker = Worker.of(replica.run());
    Forward forward = worker.borrowForward(kernels);
    try {
      forward.logits(Replicas.at(replica), block, logits);
    } finally {
      worker.giveBackForward(forward);
    }
    return logits;
  }
}
